package dev.leat.bench.load;

import java.time.Duration;

/** Sends records with the client of one product. */
public interface Sender extends AutoCloseable {
  /** The client chooses the partition. */
  int ANY_PARTITION = -1;

  /** With Leat's client and its defaults. */
  static Sender leat(String bootstrap, Outcome outcome) {
    return new LeatSender(bootstrap, outcome);
  }

  /** With Kafka's client, acks=all, and batches that wait so long for more records. */
  static Sender kafka(String bootstrap, Duration linger, Outcome outcome) {
    return new KafkaSender(bootstrap, linger, outcome);
  }

  /** Sends a record; blocks when the client's buffer is full. */
  void send(String topic, int partition, byte[] value);

  /** Waits for all acknowledgements. */
  @Override
  void close();

  /** What became of records. Called by any thread. */
  interface Outcome {
    /** A record of this partition is acknowledged. */
    void acknowledged(int partition);

    /** A record is not acknowledged, and why, in one line. */
    void failed(String reason);
  }
}

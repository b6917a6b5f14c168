package dev.leat.bench.load;

/** Sends records with the client of one product. */
interface Sender extends AutoCloseable {
  /** The client chooses the partition. */
  int ANY_PARTITION = -1;

  /** Sends a record; blocks when the client's buffer is full. */
  void send(String topic, int partition, byte[] value);

  /** Waits for all acknowledgements. */
  @Override
  void close();

  /** What became of records. Called by any thread. */
  interface Outcome {
    /** A record is acknowledged. */
    void acknowledged();

    /** A record is not acknowledged, and why, in one line. */
    void failed(String reason);
  }
}

package dev.leat.cli.up;

import java.util.Optional;

/** One broker of a local cluster, in this process or in one of its own. */
interface BrokerNode extends AutoCloseable {
  /** Its number. */
  int id();

  /** Its gRPC port, 0 before it is known. */
  int grpcPort();

  /** Its port of metrics and probes, 0 before it is known. */
  int httpPort();

  /** Its port for Kafka clients, 0 before it is known, -1 if there is none. */
  int kafkaPort();

  /** Why clients cannot use it, or empty if they can. */
  Optional<String> notReady();

  /** Brokers that it knows to be up, itself included; 0 if that is not known. */
  int peersUp();

  /** Replica groups on its disk, -1 if that is not known. */
  int groups();

  /** Why it has failed for good, or empty if it has not. */
  Optional<String> failure();

  /** Moves what it leads to others, then stops it. */
  void leave();

  /** Stops it, as all others are stopped too. */
  @Override
  void close();
}

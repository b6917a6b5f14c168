package dev.leat.bench.failover;

import dev.leat.bench.load.Sender;
import java.util.List;

/** A running cluster of three brokers, each a process, with one topic of three replicas. */
public interface Trio extends AutoCloseable {
  /** Number of brokers. */
  int BROKERS = 3;

  /** Name of the topic. */
  String TOPIC = "failover";

  /** Addresses that the product's own clients begin with. */
  String bootstrap();

  /** Addresses that Kafka's clients begin with. */
  String kafkaBootstrap();

  /** Broker that leads each partition of the topic, by number of the partition; -1: none. */
  List<Integer> leaders();

  /** Broker that controls, -1 if none is known. */
  int controller();

  /** Process id of a broker. */
  long pid(int broker);

  /** A client that sends to the topic. */
  Sender sender(Sender.Outcome outcome);

  /** Starts a broker again that has ended, unless the product does so by itself. */
  void restart(int broker);

  /** Whether all brokers are up and every replica of the topic has caught up. */
  boolean isWell();

  @Override
  void close();
}

package dev.leat.cli.up;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.BrokerStartException;
import java.util.Optional;

/** A broker in this process. */
final class InProcessBroker implements BrokerNode {
  private final Broker broker;
  private boolean closed;

  /** Launches it: it may not be ready yet. */
  InProcessBroker(BrokerPlan plan, StateStore store) throws BrokerStartException {
    broker = Broker.launch(config(plan), plan.clusterId(), store);
  }

  static BrokerConfig config(BrokerPlan plan) {
    return BrokerConfig.embedded(
            plan.id(), plan.directory(), plan.host(), plan.grpcPort(), plan.httpPort())
        .withCluster(plan.cluster())
        .withPeerPort(plan.peerPort())
        .withGroups(plan.groups())
        .withKafka(plan.kafka())
        .withLimits(plan.limits())
        .withZone(plan.zone())
        .withMemory(
            BrokerConfig.MemoryLimits.ofHeap(Runtime.getRuntime().maxMemory() / plan.share()));
  }

  @Override
  public int id() {
    return broker.id();
  }

  @Override
  public int grpcPort() {
    return broker.grpcPort();
  }

  @Override
  public int httpPort() {
    return broker.httpPort();
  }

  @Override
  public int kafkaPort() {
    return broker.kafkaPort();
  }

  @Override
  public Optional<String> notReady() {
    return broker.notReady();
  }

  @Override
  public int peersUp() {
    return broker.peersUp();
  }

  @Override
  public int groups() {
    return broker.groups();
  }

  @Override
  public Optional<String> failure() {
    return broker.failure().toCompletableFuture().isDone()
        ? Optional.of(String.valueOf(broker.failure().toCompletableFuture().join().getMessage()))
        : Optional.empty();
  }

  @Override
  public void leave() {
    broker.drain();
    close();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      broker.close();
    }
  }
}

package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.CoordinatorSurroundings;
import dev.leat.kafka.coordinator.TransactionVerifier;
import dev.leat.kafka.view.KafkaNodes;
import java.util.function.Supplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** All that a broker does about transactions. */
public final class Transactions implements AutoCloseable {
  private final MarkerLog markers;
  private final TransactionPeers peers;
  private final CoordinatorHost<TransactionCoordinator> coordinator;
  private final TransactionGate gate;

  /**
   * Nothing is loaded yet.
   *
   * @param groups where offsets of transactions lie
   */
  public Transactions(
      CoordinatorSurroundings around, Supplier<CoordinatorHost<GroupCoordinator>> groups) {
    markers = new MarkerLog(around.broker(), groups);
    MetadataFeed metadata = around.broker().metadata();
    peers = new KafkaPeers(broker -> new KafkaNodes(metadata.current()).find(broker));
    MarkerRouter router = new MarkerRouter(around.broker().topics(), markers, peers);
    coordinator = new CoordinatorHost<>(new TransactionCoordinatorKind(router), around);
    gate = new TransactionGate(coordinator, around, peers);
  }

  /** The coordinator. */
  public CoordinatorHost<TransactionCoordinator> coordinator() {
    return coordinator;
  }

  /** Lets records of transactions into partitions. */
  public TransactionVerifier gate() {
    return gate;
  }

  /** Writes markers into partitions that this broker leads. */
  MarkerLog markers() {
    return markers;
  }

  @Override
  public void close() {
    coordinator.close();
    peers.close();
  }
}

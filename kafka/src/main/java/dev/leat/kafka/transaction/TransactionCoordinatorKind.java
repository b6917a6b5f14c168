package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.CoordinatorKind;
import dev.leat.kafka.coordinator.CoordinatorParts;
import dev.leat.kafka.coordinator.InternalTopic;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;

/** The coordinator of transactions. */
public final class TransactionCoordinatorKind implements CoordinatorKind<TransactionCoordinator> {
  private final MarkerSender.MarkerTarget target;

  /** A kind whose coordinators write markers there. */
  TransactionCoordinatorKind(MarkerSender.MarkerTarget target) {
    this.target = target;
  }

  @Override
  public InternalTopic topic() {
    return InternalTopic.TRANSACTION_STATE;
  }

  @Override
  public TransactionCoordinator build(CoordinatorParts parts) {
    return new TransactionCoordinator(parts, target);
  }

  @Override
  public void startup(TransactionCoordinator coordinator, IntSupplier partitions) {}

  @Override
  public void elected(TransactionCoordinator coordinator, int partition, int epoch) {
    coordinator.elected(partition, epoch);
  }

  @Override
  public void resigned(TransactionCoordinator coordinator, int partition, OptionalInt epoch) {
    coordinator.resigned(partition, epoch);
  }

  @Override
  public void metadata(
      TransactionCoordinator coordinator, MetadataDelta delta, MetadataImage image) {}

  @Override
  public void shutdown(TransactionCoordinator coordinator) {
    coordinator.close();
  }
}

package dev.leat.kafka.coordinator;

import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;

/**
 * One kind of coordinator: how it is built, and how it is told what happens around it.
 *
 * @param <C> the coordinator
 */
public interface CoordinatorKind<C> {
  /** Where it keeps its state. */
  InternalTopic topic();

  /** Builds one; it is not started. */
  C build(CoordinatorParts parts);

  /** Starts it. */
  void startup(C coordinator, IntSupplier partitions);

  /** This broker leads a partition of its topic. */
  void elected(C coordinator, int partition, int epoch);

  /** It leads it no more. */
  void resigned(C coordinator, int partition, OptionalInt epoch);

  /** Topics came, changed or went. */
  void metadata(C coordinator, MetadataDelta delta, MetadataImage image);

  /** Stops it. */
  void shutdown(C coordinator);
}

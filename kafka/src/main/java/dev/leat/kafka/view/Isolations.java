package dev.leat.kafka.view;

import dev.leat.broker.runtime.Isolation;
import org.apache.kafka.common.IsolationLevel;

/** Kafka's isolation levels as the broker has them. */
public final class Isolations {
  private Isolations() {}

  /** The broker's word for a level. */
  public static Isolation of(IsolationLevel level) {
    return switch (level) {
      case READ_COMMITTED -> Isolation.READ_COMMITTED;
      case READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
    };
  }
}

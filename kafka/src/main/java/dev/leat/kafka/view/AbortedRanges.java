package dev.leat.kafka.view;

import dev.leat.broker.runtime.LivePartition;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;

/** Aborted transactions as fetch responses name them, for consumers that leave them out. */
public final class AbortedRanges {
  private AbortedRanges() {}

  /** Those with records in [{@code from}, {@code to}), in the order of their markers. */
  public static List<AbortedTransaction> of(LivePartition partition, long from, long to) {
    return partition.abortedTransactions(from, to).stream()
        .map(
            aborted ->
                new AbortedTransaction()
                    .setProducerId(aborted.producerId())
                    .setFirstOffset(aborted.firstOffset()))
        .toList();
  }
}

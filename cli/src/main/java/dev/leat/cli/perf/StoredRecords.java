package dev.leat.cli.perf;

import dev.leat.client.Consumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import java.util.HashMap;
import java.util.Map;

/** How many records there are. */
final class StoredRecords {
  private StoredRecords() {}

  /** Offsets between the start and the end of all partitions that {@code consumer} reads. */
  static long count(LeatClient client, Consumer consumer) {
    Map<TopicPartition, Position> latest = new HashMap<>();
    consumer.assignment().forEach(partition -> latest.put(partition, Position.latest()));
    return client.admin().listOffsets(latest).values().stream()
        .mapToLong(offsets -> offsets.highWatermark() - offsets.logStartOffset())
        .sum();
  }
}

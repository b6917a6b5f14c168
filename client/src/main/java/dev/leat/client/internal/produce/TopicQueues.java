package dev.leat.client.internal.produce;

import dev.leat.api.batch.Murmur2;
import dev.leat.api.rpc.TopicName;
import dev.leat.client.ProducerRecord;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.produce.PartitionQueue.QueueSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The queues of a topic, and the choice among them. Read by any thread, changed by the loop.
 *
 * <p>Records without a key stay with one partition for about a batch, and then go on with another
 * one that has a leader: so batches are full although partitions are many. Source: KIP-794.
 */
final class TopicQueues {

  /** What a record without key costs beside its value. */
  private static final int RECORD_OVERHEAD_BYTES = 16;

  /** So often it is tried to find a partition with a leader by chance. */
  private static final int LEADER_TRIES = 8;

  private final TopicName name;
  private final QueueSettings settings;
  private final int stickyBytes;
  private volatile PartitionQueue[] partitions = new PartitionQueue[0];
  private volatile int maxMessageBytes;

  // Changed by several threads without order: what is lost is a little evenness.
  private int sticky;
  private int stickyLeft;

  TopicQueues(TopicInfo info, QueueSettings settings) {
    name = TopicName.of(info.name());
    this.settings = settings;
    stickyBytes = settings.batchBytes();
    stickyLeft = stickyBytes;
    update(info);
    sticky = ThreadLocalRandom.current().nextInt(Math.max(1, partitions.length));
  }

  /** Takes news of the topic: partitions can become more. */
  void update(TopicInfo info) {
    PartitionQueue[] known = partitions;
    List<GroupRoute> routes = info.partitions();
    PartitionQueue[] all = Arrays.copyOf(known, Math.max(known.length, routes.size()));
    for (int i = known.length; i < all.length; i++) {
      all[i] = new PartitionQueue(name, i, routes.get(i), settings);
    }
    maxMessageBytes = info.maxMessageBytes() > 0 ? info.maxMessageBytes() : Integer.MAX_VALUE;
    partitions = all;
  }

  /** All queues. */
  List<PartitionQueue> all() {
    return List.of(partitions);
  }

  /** Largest batch that brokers take. */
  int maxMessageBytes() {
    return maxMessageBytes;
  }

  /** The queue for a record. */
  PartitionQueue choose(ProducerRecord record) {
    PartitionQueue[] all = partitions;
    if (record.partition() >= 0) {
      if (record.partition() >= all.length) {
        throw LeatException.of(
            LeatErrorCode.UNKNOWN_PARTITION,
            "topic '%s' has %d partitions, there is no partition %d: send to 0 to %d"
                .formatted(name, all.length, record.partition(), all.length - 1));
      }
      return all[record.partition()];
    }
    byte[] key = record.key();
    if (key != null) {
      return all[Murmur2.partition(key, all.length)];
    }
    return sticky(all, record);
  }

  private PartitionQueue sticky(PartitionQueue[] all, ProducerRecord record) {
    byte[] value = record.value();
    stickyLeft -= RECORD_OVERHEAD_BYTES + (value == null ? 0 : value.length);
    PartitionQueue queue = all[Math.min(sticky, all.length - 1)];
    if (stickyLeft <= 0 || queue.route().leader() == GroupRoute.NO_LEADER) {
      stickyLeft = stickyBytes;
      for (int tries = LEADER_TRIES; tries > 0; tries--) {
        sticky = ThreadLocalRandom.current().nextInt(all.length);
        queue = all[sticky];
        if (queue.route().leader() != GroupRoute.NO_LEADER) {
          break;
        }
      }
    }
    return queue;
  }
}

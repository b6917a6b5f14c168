package kafka.server.share;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.share.fetch.DelayedShareFetchGroupKey;
import org.apache.kafka.server.share.fetch.DelayedShareFetchKey;
import org.apache.kafka.server.share.fetch.ShareFetch;
import org.apache.kafka.server.share.fetch.ShareFetchPartitionData;
import org.apache.kafka.server.storage.log.FetchPartitionData;

/**
 * One fetch of a member, until something was acquired or its time is up. Tries one after the other,
 * on the executor.
 */
final class PendingShareFetch {
  private final ShareDelivery delivery;
  private final ShareFetch fetch;
  private final LinkedHashMap<TopicIdPartition, SharePartition> partitions;
  private final int maxBytes;
  private final Uuid lock = Uuid.randomUuid();
  private final List<DelayedShareFetchKey> keys = new ArrayList<>();
  private final AtomicBoolean queued = new AtomicBoolean();

  PendingShareFetch(
      ShareDelivery delivery,
      ShareFetch fetch,
      LinkedHashMap<TopicIdPartition, SharePartition> partitions,
      int maxBytes) {
    this.delivery = delivery;
    this.fetch = fetch;
    this.partitions = partitions;
    this.maxBytes = maxBytes;
    partitions
        .keySet()
        .forEach(partition -> keys.addAll(ShareDelivery.keys(fetch.groupId(), partition)));
  }

  void start() {
    if (fetch.errorInAllPartitions()) {
      fetch.maybeComplete(ShareDelivery.nothing());
      return;
    }
    // First the waiting, then the look: what happens between the two is not missed.
    delivery.await(this, keys);
    CompletableFuture.delayedExecutor(
            fetch.fetchParams().maxWaitMs, TimeUnit.MILLISECONDS, delivery.parts().executor())
        .execute(this::giveUp);
    wake();
  }

  void wake() {
    if (queued.compareAndSet(false, true)) {
      delivery.parts().executor().execute(this::attempt);
    }
  }

  private void giveUp() {
    delivery.unawait(this, keys);
    fetch.maybeComplete(ShareDelivery.nothing());
  }

  private synchronized void attempt() {
    queued.set(false);
    if (fetch.isCompleted()) {
      return;
    }
    LinkedHashMap<TopicIdPartition, SharePartition> locked = new LinkedHashMap<>();
    try {
      List<ShareFetchPartitionData> read = read(locked);
      if (!read.isEmpty()) {
        complete(
            ShareFetchUtils.processFetchResponse(
                fetch, read, locked, delivery.log(), (key, failure) -> delivery.forget(key)));
      }
    } catch (RuntimeException e) {
      delivery.unawait(this, keys);
      fetch.maybeCompleteWithException(partitions.keySet(), e);
    } finally {
      release(locked);
    }
  }

  private List<ShareFetchPartitionData> read(
      LinkedHashMap<TopicIdPartition, SharePartition> locked) {
    List<ShareFetchPartitionData> read = new ArrayList<>();
    int room = maxBytes;
    for (TopicIdPartition name : fetch.filterErroneousTopicPartitions(partitions.keySet())) {
      SharePartition partition = partitions.get(name);
      if (room <= 0 || partition == null || !partition.maybeAcquireFetchLock(lock)) {
        continue;
      }
      locked.put(name, partition);
      if (partition.canAcquireRecords()) {
        long offset = partition.nextFetchOffset();
        FetchPartitionData data =
            delivery.log().read(name, offset, room, fetch.fetchParams().isolation);
        if (data.error != Errors.NONE || data.records.sizeInBytes() > 0) {
          read.add(new ShareFetchPartitionData(name, offset, data));
          room -= data.records.sizeInBytes();
        }
      }
    }
    return read;
  }

  private void complete(Map<TopicIdPartition, PartitionData> result) {
    boolean something =
        result.values().stream()
            .anyMatch(
                data ->
                    data.errorCode() != Errors.NONE.code() || !data.acquiredRecords().isEmpty());
    if (something) {
      delivery.unawait(this, keys);
      fetch.maybeComplete(result);
    }
  }

  /** Others may have waited for a partition that this fetch has looked at. */
  private void release(LinkedHashMap<TopicIdPartition, SharePartition> locked) {
    locked.forEach(
        (name, partition) -> {
          partition.releaseFetchLock(lock);
          if (fetch.isCompleted()) {
            delivery.wake(
                new DelayedShareFetchGroupKey(fetch.groupId(), name.topicId(), name.partition()));
          }
        });
  }
}

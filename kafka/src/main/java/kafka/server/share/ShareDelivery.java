package kafka.server.share;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfigProvider;
import org.apache.kafka.server.share.SharePartitionKey;
import org.apache.kafka.server.share.dlq.NoOpShareGroupDLQManager;
import org.apache.kafka.server.share.fetch.DelayedShareFetchGroupKey;
import org.apache.kafka.server.share.fetch.DelayedShareFetchKey;
import org.apache.kafka.server.share.fetch.DelayedShareFetchPartitionKey;
import org.apache.kafka.server.share.fetch.ShareFetch;
import org.apache.kafka.server.share.metrics.ShareGroupMetrics;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.session.ShareSessionCache;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Hands records of share groups out. Sessions, acknowledgements and the state of each share
 * partition are Kafka's; what Kafka does through its replica manager, reading and waiting, is done
 * here.
 */
public final class ShareDelivery implements AutoCloseable {
  /** Kafka's defaults. */
  private static final int LOCK_MS = 30_000;

  private static final int MAX_LOCKS = 2_000;
  private static final int MAX_DELIVERIES = 5;
  private static final int MAX_SESSIONS = 2_000;
  private static final long NO_REMOTE_LOG_MS = 0;

  private final Parts parts;
  private final SharePartitionCache partitions = new SharePartitionCache();
  private final BrokerTopicStats stats = new BrokerTopicStats();
  private final SharePartitionManager sessions;
  private final Map<DelayedShareFetchKey, Set<PendingShareFetch>> waiting =
      new ConcurrentHashMap<>();

  /**
   * What a delivery works with.
   *
   * @param log where records are
   * @param persister where the state of share partitions is kept
   * @param config settings of groups
   * @param timer ends locks and waits
   * @param executor runs reads: they wait for the disk
   */
  public record Parts(
      ShareLog log,
      Persister persister,
      ShareGroupConfigProvider config,
      Timer timer,
      Executor executor) {}

  /** Nothing is handed out yet. */
  public ShareDelivery(Parts parts) {
    this.parts = parts;
    ShareSessionCache cache = new ShareSessionCache(MAX_SESSIONS);
    this.sessions =
        new SharePartitionManager(
            null,
            null,
            parts.log,
            this::wake,
            Time.SYSTEM,
            cache,
            partitions,
            LOCK_MS,
            parts.timer,
            MAX_DELIVERIES,
            MAX_LOCKS,
            NO_REMOTE_LOG_MS,
            parts.persister,
            parts.config,
            new ShareGroupMetrics(Time.SYSTEM),
            stats,
            () -> false,
            new NoOpShareGroupDLQManager());
  }

  /** Sessions and acknowledgements. */
  public SharePartitionManager sessions() {
    return sessions;
  }

  /** For {@link ShareFetch}. */
  public BrokerTopicStats stats() {
    return stats;
  }

  ShareLog log() {
    return parts.log;
  }

  Parts parts() {
    return parts;
  }

  /**
   * Acquires records for a member; waits for some, up to the time that the request says.
   *
   * @param fetch the request; completed with what was acquired
   * @param maxBytes bound of the records
   */
  public void fetch(ShareFetch fetch, int maxBytes) {
    LinkedHashMap<TopicIdPartition, SharePartition> open = new LinkedHashMap<>();
    List<CompletableFuture<?>> ready = new ArrayList<>();
    for (TopicIdPartition partition : fetch.topicIdPartitions()) {
      try {
        SharePartitionKey key = new SharePartitionKey(fetch.groupId(), partition);
        SharePartition opened = partitions.computeIfAbsent(key, this::open);
        open.put(partition, opened);
        ready.add(
            opened
                .maybeInitialize()
                .exceptionally(
                    failure -> {
                      forget(key);
                      fetch.addErroneous(partition, failure);
                      return null;
                    }));
      } catch (RuntimeException e) {
        fetch.addErroneous(partition, e);
      }
    }
    PendingShareFetch pending = new PendingShareFetch(this, fetch, open, maxBytes);
    CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))
        .whenCompleteAsync((done, failure) -> pending.start(), parts.executor);
  }

  private SharePartition open(SharePartitionKey key) {
    TopicIdPartition partition = key.topicIdPartition();
    int epoch = parts.log.leaderEpoch(partition);
    SharePartitionManager.SharePartitionListener listener =
        new SharePartitionManager.SharePartitionListener(key, parts.log, this::wake, partitions);
    parts.log.addPartitionListener(partition, listener);
    return new SharePartition(
        key.groupId(),
        partition,
        epoch,
        MAX_LOCKS,
        MAX_DELIVERIES,
        LOCK_MS,
        parts.timer,
        Time.SYSTEM,
        parts.persister,
        parts.log,
        this::wake,
        parts.config,
        listener,
        () -> false,
        new NoOpShareGroupDLQManager());
  }

  /** It leads no more, or its state cannot be read: the next fetch opens it anew. */
  void forget(SharePartitionKey key) {
    SharePartition gone = partitions.remove(key);
    if (gone != null) {
      gone.markFenced();
      parts.log.removePartitionListener(key.topicIdPartition(), gone.listener());
    }
  }

  void await(PendingShareFetch fetch, List<DelayedShareFetchKey> keys) {
    keys.forEach(
        key -> waiting.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet()).add(fetch));
  }

  void unawait(PendingShareFetch fetch, List<DelayedShareFetchKey> keys) {
    for (DelayedShareFetchKey key : keys) {
      waiting.computeIfPresent(
          key,
          (same, fetches) -> {
            fetches.remove(fetch);
            return fetches.isEmpty() ? null : fetches;
          });
    }
  }

  /** Records may be had again: acknowledged, released, or their lock has ended. */
  void wake(DelayedShareFetchKey key) {
    Set<PendingShareFetch> fetches = waiting.get(key);
    if (fetches != null) {
      fetches.forEach(PendingShareFetch::wake);
    }
  }

  /** Lets others have what is locked for a member of a group. */
  public void release(String group, String member, Collection<TopicIdPartition> of) {
    for (TopicIdPartition partition : of) {
      SharePartition open = partitions.get(new SharePartitionKey(group, partition));
      if (open != null) {
        open.releaseAcquiredRecords(member)
            .whenComplete(
                (done, failure) ->
                    wake(
                        new DelayedShareFetchGroupKey(
                            group, partition.topicId(), partition.partition())));
      }
    }
  }

  /** New records were committed. */
  public void committed(TopicIdPartition partition) {
    wake(new DelayedShareFetchPartitionKey(partition.topicId(), partition.partition()));
  }

  static List<DelayedShareFetchKey> keys(String group, TopicIdPartition partition) {
    return List.of(
        new DelayedShareFetchGroupKey(group, partition.topicId(), partition.partition()),
        new DelayedShareFetchPartitionKey(partition.topicId(), partition.partition()));
  }

  /** Nothing new, as an answer. */
  static Map<TopicIdPartition, PartitionData> nothing() {
    return Map.of();
  }

  @Override
  public void close() {
    partitions.cachedSharePartitionKeys().forEach(this::forget);
  }
}

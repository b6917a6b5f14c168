package dev.leat.broker.runtime;

import dev.leat.broker.runtime.loss.LostGroups;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.view.MetadataFeed;
import java.util.concurrent.Executor;
import java.util.function.ToLongFunction;

/**
 * What a listener (gRPC, Kafka) needs of the broker behind it.
 *
 * @param core where requests go
 * @param topics where topics are found
 * @param readers runs what may wait for the disk
 * @param offsets finds records by time
 * @param produceBudget bounds the bytes that producers make the broker hold
 * @param authorizer who may do what
 * @param clock where time comes from
 * @param fetches opens streams for consumers
 * @param metadata what clients must know of the cluster
 * @param topicAdmin creates, changes and deletes topics
 * @param deletions deletes records
 * @param metrics what is counted
 * @param sizes bytes stored of a partition
 * @param batches reads batches
 * @param internalLog partitions that coordinators of this broker write
 * @param producers who writes to partitions
 * @param lostGroups groups that have lost a quorum
 */
public record BrokerApi(
    CoreLoop core,
    TopicDirectory topics,
    Executor readers,
    OffsetFinder offsets,
    ByteBudget produceBudget,
    Authorizer authorizer,
    Clock clock,
    FetchOpener fetches,
    MetadataFeed metadata,
    TopicAdmin topicAdmin,
    RecordDeletion deletions,
    BrokerMetrics metrics,
    ToLongFunction<LivePartition> sizes,
    BatchReader batches,
    InternalLog internalLog,
    ProducerLister producers,
    LostGroups lostGroups) {

  /** The same broker, for clients that see the brokers at other addresses. */
  public BrokerApi withMetadata(MetadataFeed seen) {
    return new BrokerApi(
        core,
        topics,
        readers,
        offsets,
        produceBudget,
        authorizer,
        clock,
        fetches,
        seen,
        topicAdmin,
        deletions,
        metrics,
        sizes,
        batches,
        internalLog,
        producers,
        lostGroups);
  }

  /** Opens streams for consumers. */
  @FunctionalInterface
  public interface FetchOpener {
    /** A stream that fills responses of at most so many bytes, or one batch. */
    FetchStream open(FetchStream.Sink sink, int maxResponseBytes, Isolation isolation);
  }

  /** Opens a stream for a consumer. */
  public FetchStream openFetch(FetchStream.Sink sink, int maxResponseBytes, Isolation isolation) {
    return fetches.open(sink, maxResponseBytes, isolation);
  }

  /** Bytes of batches stored for a partition. */
  public long sizeBytes(LivePartition partition) {
    return sizes.applyAsLong(partition);
  }
}

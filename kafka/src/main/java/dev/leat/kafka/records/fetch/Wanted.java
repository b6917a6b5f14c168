package dev.leat.kafka.records.fetch;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;

/** A partition that a consumer reads: where, and what it was told of it last. */
final class Wanted {
  /** Not told yet, or told of an error: the next answer is news. */
  private static final long UNKNOWN = -1;

  private final Key key;
  private long offset;
  private int maxBytes;
  private int leaderEpoch;
  private long toldHighWatermark = UNKNOWN;
  private long toldLogStart = UNKNOWN;

  Wanted(Key key, FetchPartition asked) {
    this.key = key;
    update(asked);
  }

  /**
   * Which partition.
   *
   * @param topic name of its topic; empty if the client goes by ids
   * @param topicId id of its topic; zero if the client goes by names
   * @param partition its number
   */
  record Key(String topic, Uuid topicId, int partition) {}

  void update(FetchPartition asked) {
    offset = asked.fetchOffset();
    maxBytes = asked.partitionMaxBytes();
    leaderEpoch = asked.currentLeaderEpoch();
  }

  Key key() {
    return key;
  }

  long offset() {
    return offset;
  }

  int maxBytes() {
    return maxBytes;
  }

  /** Epoch that the client takes for the present one, -1 if it does not say. */
  int leaderEpoch() {
    return leaderEpoch;
  }

  /** Whether this answer says anything that the client does not know; it counts as told then. */
  boolean tell(PartitionData answer) {
    boolean failed = answer.errorCode() != Errors.NONE.code();
    boolean news =
        failed
            || FetchResponse.recordsSize(answer) > 0
            || answer.highWatermark() != toldHighWatermark
            || answer.logStartOffset() != toldLogStart
            || FetchResponse.isPreferredReplica(answer)
            || FetchResponse.isDivergingEpoch(answer);
    toldHighWatermark = failed ? UNKNOWN : answer.highWatermark();
    toldLogStart = failed ? UNKNOWN : answer.logStartOffset();
    return news;
  }
}

package dev.leat.kafka.records.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * Partitions that one consumer reads, so that its next request and the answer to it need name only
 * what has changed (KIP-227). Safe for use by several threads: a client may come back on another
 * connection.
 */
final class FetchSession {
  private final int id;
  private final boolean byIds;
  private final Map<Wanted.Key, Wanted> partitions = new LinkedHashMap<>();
  private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
  private long usedMs;

  FetchSession(int id, FetchRequestData first, boolean byIds, long nowMs) {
    this.id = id;
    this.byIds = byIds;
    this.usedMs = nowMs;
    take(first);
  }

  /** Partitions of a request that stands for itself. */
  static List<Wanted> named(FetchRequestData request) {
    List<Wanted> named = new ArrayList<>();
    for (FetchTopic topic : request.topics()) {
      for (FetchPartition partition : topic.partitions()) {
        named.add(new Wanted(key(topic, partition.partition()), partition));
      }
    }
    return named;
  }

  private static Wanted.Key key(FetchTopic topic, int partition) {
    return new Wanted.Key(topic.topic(), topic.topicId(), partition);
  }

  int id() {
    return id;
  }

  boolean goesByIds() {
    return byIds;
  }

  synchronized int size() {
    return partitions.size();
  }

  synchronized long usedMs() {
    return usedMs;
  }

  /** Takes up a request if it is the next one of this session. */
  synchronized boolean takeNext(FetchRequestData request, long nowMs) {
    if (request.sessionEpoch() != nextEpoch) {
      return false;
    }
    nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
    usedMs = nowMs;
    take(request);
    return true;
  }

  private void take(FetchRequestData request) {
    for (FetchTopic topic : request.topics()) {
      for (FetchPartition asked : topic.partitions()) {
        Wanted.Key key = key(topic, asked.partition());
        Wanted known = partitions.get(key);
        if (known == null) {
          partitions.put(key, new Wanted(key, asked));
        } else {
          known.update(asked);
        }
      }
    }
    for (ForgottenTopic topic : request.forgottenTopicsData()) {
      for (int partition : topic.partitions()) {
        partitions.remove(
            new Wanted.Key(
                byIds ? "" : topic.topic(), byIds ? topic.topicId() : Uuid.ZERO_UUID, partition));
      }
    }
  }

  synchronized List<Wanted> wanted() {
    return List.copyOf(partitions.values());
  }

  /**
   * Whether an answer for a partition has to be sent. One with records goes to the end of the
   * order, so that a busy partition does not starve others.
   */
  synchronized boolean tell(Wanted wanted, PartitionData answer) {
    boolean news = wanted.tell(answer);
    if (FetchResponse.recordsSize(answer) > 0 && partitions.remove(wanted.key(), wanted)) {
      partitions.put(wanted.key(), wanted);
    }
    return news;
  }
}

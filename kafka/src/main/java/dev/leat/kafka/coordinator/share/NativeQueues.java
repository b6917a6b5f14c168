package dev.leat.kafka.coordinator.share;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.kafka.coordinator.TopicImages;
import dev.leat.kafka.view.TopicFinder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kafka.server.share.ShareDelivery;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.internals.ShareAcquireMode;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.server.share.acknowledge.ShareAcknowledgementBatch;
import org.apache.kafka.server.share.fetch.ShareFetch;
import org.apache.kafka.server.storage.log.FetchParams;
import org.jspecify.annotations.Nullable;

/**
 * The broker's port for queues on Kafka's share partitions. Members need no share session: each has
 * a stream that does not forget what was said.
 */
public final class NativeQueues implements QueueCoordination {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_WAIT_MS = 1_000;
  private static final byte GAP = 0;

  private final BrokerApi broker;
  private final TopicFinder topics;
  private final ShareDeliveries deliveries;

  /** Queues of this broker. */
  public NativeQueues(BrokerApi broker, ShareDeliveries deliveries) {
    this.broker = broker;
    this.topics = new TopicFinder(broker.topics());
    this.deliveries = deliveries;
  }

  @Override
  public CompletionStage<Answer<Handout>> acquire(Wish wish) {
    Map<Slot, RequestError> failed = new HashMap<>();
    List<TopicIdPartition> wanted = new ArrayList<>();
    for (Slot slot : wish.partitions()) {
      RequestError problem = problem(slot);
      TopicIdPartition name = name(slot);
      if (problem == null && name != null) {
        wanted.add(name);
      } else if (problem != null) {
        failed.put(slot, problem);
      }
    }
    // What is wrong with some must not wait for records of others.
    if (!failed.isEmpty()) {
      return CompletableFuture.completedStage(
          new Answer.Ok<>(new Handout(List.of(), failed, ShareDeliveries.LOCK_MS)));
    }
    if (wish.fromStart()) {
      deliveries.beginAtStart(wish.member().group());
    }
    CompletableFuture<Map<TopicIdPartition, PartitionData>> acquired = new CompletableFuture<>();
    ShareDelivery delivery = deliveries.get();
    delivery.fetch(
        new ShareFetch(
            params(wish.member().group()),
            wish.member().group(),
            wish.member().id(),
            acquired,
            wanted,
            ShareAcquireMode.RECORD_LIMIT.id(),
            wish.maxRecords(),
            wish.maxRecords(),
            delivery.stats()),
        MAX_BYTES);
    return acquired.thenApply(this::handout);
  }

  private FetchParams params(String group) {
    return new FetchParams(
        FetchRequest.CONSUMER_REPLICA_ID,
        -1,
        MAX_WAIT_MS,
        1,
        MAX_BYTES,
        deliveries.isolation(group),
        Optional.empty(),
        true);
  }

  private @Nullable RequestError problem(Slot slot) {
    TopicDirectory.Topic topic = broker.topics().find(slot.topic());
    if (topic == null) {
      return RequestError.unknownTopic(slot.topic());
    }
    if (slot.partition() < 0 || slot.partition() >= topic.partitions()) {
      return RequestError.unknownPartition(slot.topic(), slot.partition(), topic.partitions());
    }
    LivePartition partition = topic.partition(slot.partition());
    return partition.isLedHere() ? null : RequestError.notLeader(partition);
  }

  private @Nullable TopicIdPartition name(Slot slot) {
    TopicDirectory.Topic topic = broker.topics().find(slot.topic());
    return topic == null
        ? null
        : new TopicIdPartition(TopicImages.id(topic.view()), slot.partition(), slot.topic());
  }

  private static Slot slot(TopicIdPartition name) {
    return new Slot(name.topic(), name.partition());
  }

  private Answer<Handout> handout(Map<TopicIdPartition, PartitionData> acquired) {
    List<Piece> pieces = new ArrayList<>();
    Map<Slot, RequestError> failed = new HashMap<>();
    RequestError passing = null;
    for (Map.Entry<TopicIdPartition, PartitionData> entry : acquired.entrySet()) {
      Slot slot = slot(entry.getKey());
      PartitionData data = entry.getValue();
      Errors error = Errors.forCode(data.errorCode());
      if (error != Errors.NONE) {
        RequestError told = error(slot, error, data.errorMessage());
        if (told.code() == RequestError.Code.UNAVAILABLE) {
          passing = told;
        } else {
          failed.put(slot, told);
        }
      } else if (!data.acquiredRecords().isEmpty()) {
        pieces.add(piece(slot, data));
      }
    }
    return pieces.isEmpty() && failed.isEmpty() && passing != null
        ? new Answer.Refused<>(passing)
        : new Answer.Ok<>(new Handout(pieces, failed, ShareDeliveries.LOCK_MS));
  }

  private static Piece piece(Slot slot, PartitionData data) {
    return new Piece(
        slot,
        data.records() instanceof MemoryRecords records ? records.buffer() : ByteBuffer.allocate(0),
        data.acquiredRecords().stream()
            .map(
                range -> new Locked(range.firstOffset(), range.lastOffset(), range.deliveryCount()))
            .toList());
  }

  private RequestError error(Slot slot, Errors error, @Nullable String detail) {
    String message = "queue of %s: %s".formatted(slot, detail == null ? error.message() : detail);
    return switch (error) {
      case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, FENCED_STATE_EPOCH -> {
        RequestError now = problem(slot);
        // It leads again: the state is opened anew with the next try.
        yield now == null ? RequestError.of(RequestError.Code.UNAVAILABLE, message) : now;
      }
      case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID ->
          RequestError.of(RequestError.Code.UNKNOWN_TOPIC, message);
      case INVALID_RECORD_STATE, INVALID_REQUEST ->
          RequestError.of(RequestError.Code.INVALID_REQUEST, message);
      case CORRUPT_MESSAGE -> RequestError.of(RequestError.Code.CORRUPT_STORAGE, message);
      case UNKNOWN_SERVER_ERROR -> RequestError.of(RequestError.Code.INTERNAL, message);
      default -> RequestError.of(RequestError.Code.UNAVAILABLE, message);
    };
  }

  @Override
  public CompletionStage<Map<Slot, RequestError>> acknowledge(
      Member member, List<Verdict> verdicts) {
    Acknowledgements all = new Acknowledgements(topics);
    Map<Slot, RequestError> refused = new HashMap<>();
    Map<Slot, List<ShareAcknowledgementBatch>> batches = new LinkedHashMap<>();
    for (Verdict verdict : verdicts) {
      batches
          .computeIfAbsent(verdict.slot(), slot -> new ArrayList<>())
          .add(
              new ShareAcknowledgementBatch(
                  verdict.first(), verdict.last(), List.of(type(verdict.kind()))));
    }
    batches.forEach(
        (slot, ofSlot) -> {
          RequestError problem = problem(slot);
          TopicIdPartition name = name(slot);
          if (problem == null && name != null) {
            all.add(name.topicId(), slot.partition(), inOrder(ofSlot));
          } else if (problem != null) {
            refused.put(slot, problem);
          }
        });
    return all.apply(deliveries.get().sessions(), member.group(), member.id())
        .thenApply(
            answers -> {
              answers.forEach(
                  (name, data) -> {
                    Errors error = Errors.forCode(data.errorCode());
                    if (error != Errors.NONE) {
                      refused.put(slot(name), error(slot(name), error, data.errorMessage()));
                    }
                  });
              return refused;
            });
  }

  private static List<ShareAcknowledgementBatch> inOrder(List<ShareAcknowledgementBatch> batches) {
    return batches.stream()
        .sorted(Comparator.comparingLong(ShareAcknowledgementBatch::firstOffset))
        .toList();
  }

  private static byte type(Verdict.Kind kind) {
    return switch (kind) {
      case GAP -> GAP;
      case ACCEPT -> AcknowledgeType.ACCEPT.id;
      case RELEASE -> AcknowledgeType.RELEASE.id;
      case REJECT -> AcknowledgeType.REJECT.id;
      case RENEW -> AcknowledgeType.RENEW.id;
    };
  }

  @Override
  public void release(Member member, Collection<Slot> partitions) {
    List<TopicIdPartition> names = new ArrayList<>();
    for (Slot slot : partitions) {
      TopicIdPartition name = name(slot);
      if (name != null) {
        names.add(name);
      }
    }
    deliveries.get().release(member.group(), member.id(), names);
  }
}

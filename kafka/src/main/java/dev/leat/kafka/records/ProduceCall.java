package dev.leat.kafka.records;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.runtime.Authorizer.Operation;
import dev.leat.broker.runtime.BatchInfos;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.crds.value.TopicNames;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.Exchange;
import dev.leat.kafka.view.KafkaErrors;
import dev.leat.kafka.view.LeaderHints;
import dev.leat.kafka.view.TopicFinder;
import dev.leat.kafka.wire.LegacyMessages;
import dev.leat.kafka.wire.LegacyProduce;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.Nullable;

/**
 * One Produce request: all its batches go to the core loop at once, as they are. There is no class
 * of records that is acknowledged before it is on disk, so acks=1 means the same as acks=all.
 */
final class ProduceCall implements dev.leat.broker.runtime.ProduceRequest.Listener {
  private static final short FIRST_WITH_LEADER_HINTS = 10;

  /** A confirmation is worth nothing if a marker came after it: then there is another one. */
  private static final int MAX_ROUNDS = 3;

  private final KafkaContext context;
  private final BrokerApi broker;
  private final RuleBook rules;
  private final TransactionOrder order;
  private final Exchange exchange;
  private final ProduceRequest request;
  private final TopicFinder topics;
  private final Runnable release;

  /** All partitions, in the order of the request. */
  private final List<Part> parts = new ArrayList<>();

  /** Those that were handed to the core last, in that order. */
  private List<Part> handed = new ArrayList<>();

  private int rounds;
  private boolean failed;

  ProduceCall(KafkaContext context, RuleBook rules, TransactionOrder order, Exchange exchange) {
    this.context = context;
    this.broker = context.broker();
    this.rules = rules;
    this.order = order;
    this.exchange = exchange;
    this.request = (ProduceRequest) exchange.request();
    this.topics = new TopicFinder(broker.topics());
    this.release = exchange.hold();
  }

  /** A partition of the request, and what has become of it. */
  private static final class Part {
    private final TopicProduceResponse topic;
    private final PartitionProduceResponse response;
    private @Nullable LivePartition partition;
    private @Nullable ByteBuffer batches;

    Part(TopicProduceResponse topic, PartitionProduceResponse response) {
      this.topic = topic;
      this.response = response;
    }

    void refuse(Errors error, @Nullable String message) {
      response.setErrorCode(error.code()).setBaseOffset(ProduceResponse.INVALID_OFFSET);
      if (message != null) {
        response.setErrorMessage(message);
      }
    }
  }

  void start() {
    int capacity = 0;
    for (TopicProduceData topic : request.data().topicData()) {
      capacity += topic.partitionData().size();
    }
    var append =
        new dev.leat.broker.runtime.ProduceRequest(this, capacity, broker.clock().monotonicNanos());
    for (TopicProduceData topic : request.data().topicData()) {
      add(append, topic);
    }
    if (append.size() == 0) {
      release.run();
      answer();
    } else if (order.isKept(request.transactionalId())) {
      order.enter(
          request.transactionalId(),
          leave -> {
            broker.core().submit(append);
            leave.run();
          });
    } else {
      broker.core().submit(append);
    }
  }

  private void add(dev.leat.broker.runtime.ProduceRequest append, TopicProduceData data) {
    TopicProduceResponse answer =
        new TopicProduceResponse().setName(data.name()).setTopicId(data.topicId());
    TopicDirectory.Topic topic = topics.find(data.name(), data.topicId());
    for (PartitionProduceData partition : data.partitionData()) {
      Part part = new Part(answer, new PartitionProduceResponse().setIndex(partition.index()));
      parts.add(part);
      answer.partitionResponses().add(part.response);
      if (topic == null) {
        part.refuse(TopicFinder.missing(data.name()), null);
      } else if (TopicNames.isInternal(topic.view().name())) {
        // A coordinator replays what is in it: nobody else may write there.
        part.refuse(Errors.INVALID_TOPIC_EXCEPTION, "the topic is internal");
      } else {
        add(append, topic, partition, part);
      }
    }
  }

  private void add(
      dev.leat.broker.runtime.ProduceRequest append,
      TopicDirectory.Topic topic,
      PartitionProduceData data,
      Part part) {
    String name = topic.view().name();
    PartitionRules demanded = rules.of(name);
    if (demanded == null || data.index() < 0 || data.index() >= topic.partitions()) {
      part.refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
    } else if (!broker.authorizer().allows(Principal.ANONYMOUS, Operation.WRITE, name)) {
      part.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, null);
    } else if (request.acks() < -1 || request.acks() > 1) {
      part.refuse(Errors.INVALID_REQUIRED_ACKS, null);
    } else {
      LivePartition partition = topic.partition(data.index());
      ByteBuffer batches = check(demanded, data, part);
      if (batches != null) {
        part.partition = partition;
        part.batches = batches;
        handed.add(part);
        append.add(partition, batches, BatchInfos.of(batches));
      }
    }
  }

  /** The batch, or null if it was refused. */
  private @Nullable ByteBuffer check(
      PartitionRules demanded, PartitionProduceData data, Part part) {
    if (!(data.records() instanceof MemoryRecords records)) {
      part.refuse(Errors.INVALID_RECORD, "there are no records");
      return null;
    }
    long now = broker.clock().wallMs();
    ByteBuffer batches = records.buffer();
    try {
      if (LegacyProduce.is(exchange.context().header) && LegacyMessages.isLegacy(batches)) {
        batches = LegacyMessages.convert(batches, demanded.maxBatchBytes(), now);
      } else {
        ProduceRequest.validateRecords(request.version(), records);
      }
    } catch (ApiException e) {
      part.refuse(Errors.forException(e), e.getMessage());
      return null;
    }
    PartitionRules.Problem problem = demanded.check(batches, now);
    if (problem != null) {
      part.refuse(problem.error(), problem.message());
      return null;
    }
    if (demanded.brokerTime()) {
      BatchFormat.patchBrokerTime(batches, batches.position(), now);
      part.response.setLogAppendTimeMs(now);
    }
    return batches;
  }

  @Override
  public void onComplete(dev.leat.broker.runtime.ProduceRequest append) {
    if (rounds == 0) {
      broker
          .metrics()
          .produced(
              append.records(),
              append.bytes(),
              broker.clock().monotonicNanos() - append.receivedNanos());
    }
    List<Part> unverified = settle(append);
    if (unverified.isEmpty()) {
      broker.core().whenWritten(append, release);
      // The core loop has better things to do than to write responses.
      exchange.execute(this::answer);
    } else {
      verify(append, unverified);
    }
  }

  /**
   * Notes what has become of the parts; returns those whose transaction is to be verified first.
   */
  private List<Part> settle(dev.leat.broker.runtime.ProduceRequest append) {
    List<Part> unverified = new ArrayList<>();
    for (int i = 0; i < handed.size(); i++) {
      Part part = handed.get(i);
      RequestError error = append.error(i);
      LivePartition partition = Objects.requireNonNull(part.partition);
      if (error == null) {
        part.response.setBaseOffset(append.baseOffset(i)).setLogStartOffset(partition.logStart());
      } else if (!TransactionRound.isPossible(request, Objects.requireNonNull(part.batches))) {
        refuse(part, error);
      } else if (error.code() == RequestError.Code.INVALID_TXN_STATE && rounds < MAX_ROUNDS) {
        unverified.add(part);
      } else {
        refuse(part, isUnsettled(error) ? RequestError.transactionUnsettled(partition) : error);
      }
    }
    return unverified;
  }

  /**
   * Whether the producer must not take it for an error of its own: the coordinator has confirmed
   * its transaction, or the batch before this one may have waited for that while this one came.
   */
  private boolean isUnsettled(RequestError error) {
    return switch (error.code()) {
      case INVALID_TXN_STATE -> true;
      case OUT_OF_ORDER_SEQUENCE, UNKNOWN_PRODUCER -> exchange.overlaps();
      default -> false;
    };
  }

  /** Asks the coordinator, and hands over once more what it confirms. On the core loop. */
  private void verify(dev.leat.broker.runtime.ProduceRequest append, List<Part> unverified) {
    rounds++;
    order.enter(
        request.transactionalId(),
        leave -> {
          TransactionRound round =
              new TransactionRound(context.coordinators().get().transactions().gate(), request);
          for (Part part : unverified) {
            round.ask(Objects.requireNonNull(part.partition), Objects.requireNonNull(part.batches));
          }
          round
              .answers()
              .thenAccept(
                  answers ->
                      broker
                          .core()
                          .call(
                              () -> {
                                again(append, unverified, answers);
                                leave.run();
                              }));
        });
  }

  private void again(
      dev.leat.broker.runtime.ProduceRequest first,
      List<Part> unverified,
      List<TransactionRound.Answer> answers) {
    handed = new ArrayList<>();
    var second =
        new dev.leat.broker.runtime.ProduceRequest(this, unverified.size(), first.receivedNanos());
    for (int i = 0; i < unverified.size(); i++) {
      Part part = unverified.get(i);
      TransactionRound.Answer answer = answers.get(i);
      if (answer.error() == Errors.NONE) {
        ByteBuffer batches = Objects.requireNonNull(part.batches);
        handed.add(part);
        second.add(
            Objects.requireNonNull(part.partition),
            batches,
            BatchInfos.of(batches),
            answer.origin());
      } else {
        part.refuse(answer.error(), answer.error().message());
      }
    }
    if (handed.isEmpty()) {
      broker.core().whenWritten(first, release);
      exchange.execute(this::answer);
    } else {
      broker.core().submit(second);
    }
  }

  private void refuse(Part part, RequestError error) {
    broker.metrics().refused(error.code().name());
    part.refuse(KafkaErrors.of(error), error.message());
  }

  private void answer() {
    ProduceResponseData response = new ProduceResponseData();
    LeaderHints hints = new LeaderHints(broker.metadata());
    TopicProduceResponse last = null;
    for (Part part : parts) {
      if (part.topic != last) {
        last = part.topic;
        response.responses().add(last);
      }
      failed |= part.response.errorCode() != Errors.NONE.code();
      hint(part, hints);
    }
    if (request.acks() == 0) {
      answerNothing();
      return;
    }
    hints.nodes().forEach(node -> response.nodeEndpoints().add(endpoint(node)));
    exchange.respond(new ProduceResponse(response));
  }

  private void hint(Part part, LeaderHints hints) {
    LivePartition partition = part.partition;
    if (partition != null
        && request.version() >= FIRST_WITH_LEADER_HINTS
        && part.response.errorCode() == Errors.NOT_LEADER_OR_FOLLOWER.code()) {
      hints.add(partition.group());
      part.response.setCurrentLeader(
          new LeaderIdAndEpoch()
              .setLeaderId(partition.group().leadership().leader())
              .setLeaderEpoch(partition.group().leadership().epoch()));
    }
  }

  private static ProduceResponseData.NodeEndpoint endpoint(Node node) {
    return new ProduceResponseData.NodeEndpoint()
        .setNodeId(node.id())
        .setHost(node.host())
        .setPort(node.port())
        .setRack(node.rack());
  }

  /** With acks=0 the only way to tell the client of a failure is to close the connection. */
  private void answerNothing() {
    if (failed) {
      exchange.disconnect();
    }
    exchange.respondNothing();
  }
}

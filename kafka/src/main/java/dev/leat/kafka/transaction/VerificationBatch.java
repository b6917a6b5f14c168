package dev.leat.kafka.transaction;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransactionCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.jspecify.annotations.Nullable;

/** One AddPartitionsToTxn request: each transactional id once, with all that is asked of it. */
final class VerificationBatch implements PeerBatch {
  private final Map<String, List<Verification>> byId = new LinkedHashMap<>();

  private VerificationBatch() {}

  /** As few requests as can ask all of these. */
  static List<VerificationBatch> of(List<Verification> questions) {
    List<VerificationBatch> batches = new ArrayList<>();
    for (Verification question : questions) {
      if (batches.stream().noneMatch(batch -> batch.take(question))) {
        VerificationBatch batch = new VerificationBatch();
        batches.add(batch);
        batch.take(question);
      }
    }
    return batches;
  }

  private boolean take(Verification question) {
    List<Verification> same =
        byId.computeIfAbsent(question.producer().transactionalId(), id -> new ArrayList<>());
    return (same.isEmpty() || same.getFirst().fits(question)) && same.add(question);
  }

  @Override
  public AbstractRequest.Builder<?> request() {
    AddPartitionsToTxnTransactionCollection transactions =
        new AddPartitionsToTxnTransactionCollection();
    byId.values().forEach(questions -> transactions.add(transaction(questions)));
    return AddPartitionsToTxnRequest.Builder.forBroker(transactions);
  }

  private static AddPartitionsToTxnTransaction transaction(List<Verification> questions) {
    AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
    for (Verification question : questions) {
      TopicPartition partition = question.partition();
      AddPartitionsToTxnTopic topic = topics.find(partition.topic());
      if (topic == null) {
        topic = new AddPartitionsToTxnTopic().setName(partition.topic());
        topics.add(topic);
      }
      if (!topic.partitions().contains(partition.partition())) {
        topic.partitions().add(partition.partition());
      }
    }
    Verification first = questions.getFirst();
    return new AddPartitionsToTxnTransaction()
        .setTransactionalId(first.producer().transactionalId())
        .setProducerId(first.producer().producerId())
        .setProducerEpoch(first.producer().epoch())
        .setVerifyOnly(!first.adds())
        .setTopics(topics);
  }

  @Override
  public void answer(@Nullable ClientResponse response) {
    AddPartitionsToTxnResponse body =
        response != null && response.responseBody() instanceof AddPartitionsToTxnResponse present
            ? present
            : null;
    Errors whole =
        body == null ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.forCode(body.data().errorCode());
    Map<String, Map<TopicPartition, Errors>> told =
        body == null || whole != Errors.NONE ? Map.of() : body.errors();
    byId.forEach(
        (id, questions) -> {
          Map<TopicPartition, Errors> answers = told.getOrDefault(id, Map.of());
          for (Verification question : questions) {
            question
                .answer()
                .complete(whole == Errors.NONE ? answerOf(answers, question.partition()) : whole);
          }
        });
  }

  /** Another partition that is not known there yet keeps this one from being tried. */
  private static Errors answerOf(Map<TopicPartition, Errors> answers, TopicPartition partition) {
    Errors answer = answers.getOrDefault(partition, Errors.COORDINATOR_NOT_AVAILABLE);
    return answer == Errors.OPERATION_NOT_ATTEMPTED ? Errors.COORDINATOR_NOT_AVAILABLE : answer;
  }
}

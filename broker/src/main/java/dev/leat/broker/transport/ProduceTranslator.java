package dev.leat.broker.transport;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.batch.Compression;
import dev.leat.api.batch.CorruptBatchException;
import dev.leat.api.batch.KeyCheck;
import dev.leat.api.rpc.PartitionRecordsView;
import dev.leat.api.rpc.ProduceRequestView;
import dev.leat.api.rpc.ProducerIdentityView;
import dev.leat.api.rpc.SimpleRecords;
import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.BatchInfos;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.ProduceRequest;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.crds.value.TopicNames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a client sent into what the core appends: finds the partitions, checks every batch,
 * makes batches of simple records. Works on event loops; nothing here is trusted before it was
 * checked.
 */
final class ProduceTranslator {
  private static final int FIRST_BATCH_BYTES = 512;

  private final TopicDirectory topics;
  private final Authorizer authorizer;
  private final Principal principal;
  private final Clock clock;

  ProduceTranslator(
      TopicDirectory topics, Authorizer authorizer, Principal principal, Clock clock) {
    this.topics = topics;
    this.authorizer = authorizer;
    this.principal = principal;
    this.clock = clock;
  }

  ProduceRequest translate(ProduceRequestView view, ProduceRequest.Listener listener) {
    List<PartitionRecordsView> parts = view.partitions();
    ProduceRequest request = new ProduceRequest(listener, parts.size(), clock.monotonicNanos());
    for (PartitionRecordsView part : parts) {
      add(request, part, view.transaction());
    }
    return request;
  }

  private void add(
      ProduceRequest request,
      PartitionRecordsView part,
      @Nullable ProducerIdentityView transaction) {
    String name = part.topic().value();
    TopicDirectory.Topic topic = topics.find(name);
    if (topic == null) {
      request.refuse(RequestError.unknownTopic(name));
    } else if (TopicNames.isInternal(name)) {
      request.refuse(
          RequestError.of(
              RequestError.Code.INVALID_TOPIC_NAME,
              "topic \"" + name + "\" is internal: only brokers write to it"));
    } else if (!authorizer.allows(principal, Authorizer.Operation.WRITE, name)) {
      request.refuse(RequestError.notAuthorized(principal, Authorizer.Operation.WRITE, name));
    } else if (part.partition() < 0 || part.partition() >= topic.partitions()) {
      request.refuse(RequestError.unknownPartition(name, part.partition(), topic.partitions()));
    } else {
      LivePartition partition = topic.partition(part.partition());
      if (part.recordCount() == 0) {
        addBatches(request, part.batches(), topic, partition);
      } else if (part.batches().hasRemaining()) {
        request.refuse(invalid(partition, "has both batches and records: send one of them"));
      } else {
        build(part, transaction, topic.maxMessageBytes())
            .ifPresentOrElse(
                built -> addBatches(request, built, topic, partition),
                () -> request.refuse(tooLarge(partition, topic.maxMessageBytes())));
      }
    }
  }

  private void addBatches(
      ProduceRequest request,
      ByteBuffer batches,
      TopicDirectory.Topic topic,
      LivePartition partition) {
    int maxBytes = topic.maxMessageBytes();
    switch (new BatchValidator(BatchValidator.Origin.PRODUCER, maxBytes).check(batches)) {
      case BatchCheck.Valid valid -> {
        Optional<RequestError> error =
            topic.view().compacted() ? keyError(partition, batches) : Optional.empty();
        if (error.isPresent()) {
          request.refuse(error.get());
        } else {
          request.add(partition, batches, BatchInfos.of(batches));
        }
      }
      case BatchCheck.Invalid bad when bad.reason() == BatchCheck.Reason.TOO_LARGE ->
          request.refuse(tooLarge(partition, maxBytes));
      case BatchCheck.Invalid bad -> request.refuse(corrupt(partition, bad));
    }
  }

  /** What is wrong with the keys of records for a compacted topic, if anything is. */
  private static Optional<RequestError> keyError(LivePartition partition, ByteBuffer batches) {
    try {
      int before = 0;
      for (int at = batches.position(); at < batches.limit(); ) {
        int index = KeyCheck.firstWithoutKey(batches, at);
        if (index != KeyCheck.ALL_HAVE_KEYS) {
          return Optional.of(
              RequestError.of(
                  RequestError.Code.INVALID_RECORD,
                  "record %d for %s has no key, and its topic is compacted: give every record one"
                      .formatted(before + index, partition)));
        }
        before += BatchFormat.count(batches, at);
        at += BatchFormat.sizeBytes(batches, at);
      }
      return Optional.empty();
    } catch (CorruptBatchException e) {
      return Optional.of(
          RequestError.of(
              RequestError.Code.CORRUPT_BATCH,
              "records for %s cannot be read: %s".formatted(partition, e.getMessage())));
    }
  }

  /** One batch of all simple records; empty if they do not fit in {@code maxBytes}. */
  private Optional<ByteBuffer> build(
      PartitionRecordsView part, @Nullable ProducerIdentityView transaction, int maxBytes) {
    BatchBuilder builder = new BatchBuilder(new byte[Math.min(FIRST_BATCH_BYTES, maxBytes)]);
    long now = clock.wallMs();
    for (SimpleRecords records = part.records(); records.next(); ) {
      long timestamp = records.timestamp() == 0 ? now : records.timestamp();
      while (!builder.append(timestamp, records.key(), records.value(), records.headers())) {
        if (!builder.grow(maxBytes)) {
          return Optional.empty();
        }
      }
    }
    Compression compression = Compression.of(part.compression()).orElse(Compression.NONE);
    ByteBuffer built = builder.finish(compression);
    if (transaction != null) {
      BatchFormat.patchTransaction(
          built,
          built.position(),
          transaction.producerId(),
          (short) transaction.producerEpoch(),
          part.sequence());
    }
    return Optional.of(built);
  }

  private static RequestError invalid(LivePartition partition, String what) {
    return RequestError.of(RequestError.Code.INVALID_REQUEST, partition + " " + what);
  }

  private static RequestError corrupt(LivePartition partition, BatchCheck.Invalid bad) {
    return RequestError.of(
        RequestError.Code.CORRUPT_BATCH,
        "a batch for %s is damaged at byte %d: %s; nothing was appended, send it again"
            .formatted(partition, bad.at(), bad.message()));
  }

  private static RequestError tooLarge(LivePartition partition, int maxBytes) {
    return RequestError.of(
        RequestError.Code.RECORD_TOO_LARGE,
        ("a record or batch for %s is over max.message.bytes of its topic (%d):"
                + " send less, or raise it")
            .formatted(partition, maxBytes));
  }
}

package dev.leat.api.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.leat.v1.Compression;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.Header;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Random messages of the generated classes, and such messages rebuilt from what was parsed. */
final class RandomMessages {

  private static final String[] TOPICS = {"click", "", "ünïcode", "t".repeat(249)};

  private RandomMessages() {}

  static String topic(Random random) {
    return TOPICS[random.nextInt(TOPICS.length)];
  }

  /** Of any length on the wire and either sign. */
  static long number(Random random) {
    return random.nextLong() >> random.nextInt(64);
  }

  static ProduceRequest produceRequest(Random random) {
    ProduceRequest.Builder request = ProduceRequest.newBuilder().setId(number(random));
    if (random.nextBoolean()) {
      request
          .getTransactionBuilder()
          .setTransactionalId(topic(random))
          .setProducerId(number(random))
          .setProducerEpoch(random.nextInt(4) - 1);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      PartitionRecords.Builder partition =
          PartitionRecords.newBuilder().setTopic(topic(random)).setPartition(random.nextInt(4) - 1);
      if (random.nextBoolean()) {
        partition.setBatches(joined(batches(random, 300)));
      } else {
        partition.setCompression(Compression.COMPRESSION_ZSTD);
        partition.setSequence(random.nextInt(4) - 1);
        records(random).forEach(partition::addRecords);
      }
      request.addPartitions(partition);
    }
    return request.build();
  }

  static List<Record> records(Random random) {
    List<Record> records = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Record.Builder record = Record.newBuilder().setTimestamp(number(random));
      if (random.nextBoolean()) {
        record.setKey(ByteString.copyFrom(new byte[random.nextInt(3)]));
        record.addHeaders(Header.newBuilder().setKey("ä"));
      }
      if (random.nextBoolean()) {
        record.setValue(ByteString.copyFrom(new byte[random.nextInt(300)]));
        record.addHeaders(Header.newBuilder().setKey("h").setValue(ByteString.EMPTY));
      }
      records.add(record.build());
    }
    return records;
  }

  /** Pieces of heap and direct buffers. */
  static List<ByteBuffer> batches(Random random, int maxBytes) {
    List<ByteBuffer> batches = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] bytes = new byte[random.nextInt(maxBytes)];
      random.nextBytes(bytes);
      ByteBuffer buffer =
          random.nextBoolean()
              ? ByteBuffer.allocateDirect(bytes.length + 5)
              : ByteBuffer.allocate(bytes.length + 9).slice(4, bytes.length + 5);
      buffer.put(3, bytes);
      batches.add(buffer.position(3).limit(3 + bytes.length));
    }
    return batches;
  }

  static ByteString joined(List<ByteBuffer> batches) {
    ByteString joined = ByteString.EMPTY;
    for (ByteBuffer batch : batches) {
      joined = joined.concat(ByteString.copyFrom(batch.duplicate()));
    }
    return joined;
  }

  static ProduceRequest withoutUnknownFields(ProduceRequest request) {
    ProduceRequest.Builder known = request.toBuilder();
    known.setUnknownFields(UnknownFieldSet.getDefaultInstance());
    if (known.hasTransaction()) {
      known.getTransactionBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance());
    }
    for (PartitionRecords.Builder partition : known.getPartitionsBuilderList()) {
      partition.setUnknownFields(UnknownFieldSet.getDefaultInstance());
      for (Record.Builder record : partition.getRecordsBuilderList()) {
        record.setUnknownFields(UnknownFieldSet.getDefaultInstance());
        for (Header.Builder header : record.getHeadersBuilderList()) {
          header.setUnknownFields(UnknownFieldSet.getDefaultInstance());
        }
      }
    }
    return known.build();
  }

  static ProduceRequest rebuilt(ProduceRequestView view) {
    ProduceRequest.Builder request = ProduceRequest.newBuilder().setId(view.id());
    ProducerIdentityView transaction = view.transaction();
    if (transaction != null) {
      request
          .getTransactionBuilder()
          .setTransactionalId(transaction.transactionalId())
          .setProducerId(transaction.producerId())
          .setProducerEpoch(transaction.producerEpoch());
    }
    for (PartitionRecordsView partition : view.partitions()) {
      PartitionRecords.Builder builder =
          PartitionRecords.newBuilder()
              .setTopic(partition.topic().value())
              .setPartition(partition.partition())
              .setBatches(ByteString.copyFrom(partition.batches()))
              .setCompressionValue(partition.compression())
              .setSequence(partition.sequence());
      addRecords(partition.records(), builder::addRecords);
      check(builder.getRecordsCount(), partition.recordCount());
      request.addPartitions(builder);
    }
    return request.build();
  }

  static FetchResponse rebuilt(FetchResponseView view) {
    FetchResponse.Builder response = FetchResponse.newBuilder();
    for (FetchedPartitionView partition : view.partitions()) {
      FetchedPartition.Builder builder =
          FetchedPartition.newBuilder()
              .setTopic(partition.topic().value())
              .setPartition(partition.partition())
              .setHighWatermark(partition.highWatermark())
              .setLogStartOffset(partition.logStartOffset())
              .setBatches(ByteString.copyFrom(partition.batches()));
      addRecords(partition.records(), builder::addRecords);
      check(builder.getRecordsCount(), partition.recordCount());
      partition.error().ifPresent(builder::setError);
      response.addPartitions(builder);
    }
    return response.build();
  }

  private static void check(int records, int counted) {
    if (records != counted) {
      throw new AssertionError(records + " records, but counted " + counted);
    }
  }

  private static void addRecords(SimpleRecords records, Consumer<Record> target) {
    while (records.next()) {
      Record.Builder record =
          Record.newBuilder().setTimestamp(records.timestamp()).setOffset(records.offset());
      if (records.key() != null) {
        record.setKey(ByteString.copyFrom(records.key()));
      }
      if (records.value() != null) {
        record.setValue(ByteString.copyFrom(records.value()));
      }
      for (var header : records.headers()) {
        Header.Builder copy = Header.newBuilder().setKey(header.name());
        if (header.value() != null) {
          copy.setValue(ByteString.copyFrom(header.value()));
        }
        record.addHeaders(copy);
      }
      target.accept(record.build());
    }
  }
}

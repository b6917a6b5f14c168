package dev.leat.client.internal.queue;

import com.google.protobuf.ByteString;
import dev.leat.api.batch.RecordHeader;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.TopicPartition;
import dev.leat.v1.Header;
import dev.leat.v1.QueueRecord;
import dev.leat.v1.QueueRecords;
import dev.leat.v1.Record;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of the protocol as programs see them. */
final class ReceivedRecords {
  private ReceivedRecords() {}

  static List<dev.leat.client.QueueRecord> of(QueueRecords received) {
    return received.getRecordsList().stream().map(ReceivedRecords::of).toList();
  }

  private static dev.leat.client.QueueRecord of(QueueRecord handed) {
    Record record = handed.getRecord();
    ConsumerRecord.Content content =
        new ConsumerRecord.Content(
            record.hasKey() ? view(record.getKey()) : null,
            record.hasValue() ? view(record.getValue()) : null,
            record.getHeadersList().stream().map(ReceivedRecords::header).toList());
    return new dev.leat.client.QueueRecord(
        new ConsumerRecord(
            new TopicPartition(handed.getTopic(), handed.getPartition()),
            record.getOffset(),
            record.getTimestamp(),
            content),
        handed.getDeliveryCount());
  }

  private static @Nullable ByteBuffer view(ByteString bytes) {
    return bytes.asReadOnlyByteBuffer();
  }

  // The annotation of an array in another module is not seen.
  @SuppressWarnings("NullAway")
  private static RecordHeader header(Header header) {
    return new RecordHeader(
        header.getKey(), header.hasValue() ? header.getValue().toByteArray() : null);
  }
}

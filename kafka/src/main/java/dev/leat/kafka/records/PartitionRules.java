package dev.leat.kafka.records;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.batch.CorruptBatchException;
import dev.leat.api.batch.RecordReader;
import dev.leat.crds.Topic;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.TopicConfig;
import dev.leat.crds.value.TopicConfigKey;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a topic demands of batches, and the checks of it, with Kafka's error codes.
 *
 * @param topic the resource that says so
 * @param maxBatchBytes largest batch
 * @param brokerTime whether the broker's clock stamps records
 * @param maxBehindMs how old a timestamp may be
 * @param maxAheadMs how far in the future a timestamp may be
 * @param keyed whether every record must have a key
 */
record PartitionRules(
    Topic topic,
    int maxBatchBytes,
    boolean brokerTime,
    long maxBehindMs,
    long maxAheadMs,
    boolean keyed) {

  static PartitionRules of(Topic topic) {
    TopicConfig config = topic.spec().config();
    return new PartitionRules(
        topic,
        config.maxMessageBytes(),
        config.get(TopicConfigKey.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime"),
        Long.parseLong(config.get(TopicConfigKey.MESSAGE_TIMESTAMP_BEFORE_MAX_MS)),
        Long.parseLong(config.get(TopicConfigKey.MESSAGE_TIMESTAMP_AFTER_MAX_MS)),
        topic.spec().cleanup() != Cleanup.DELETE);
  }

  /**
   * Why batches are refused.
   *
   * @param error Kafka's code
   * @param message one line for a person
   */
  record Problem(Errors error, String message) {}

  /** What is wrong with the one batch in {@code batches}, or null. */
  @Nullable Problem check(ByteBuffer batches, long nowMs) {
    int at = batches.position();
    BatchCheck check =
        new BatchValidator(BatchValidator.Origin.PRODUCER, maxBatchBytes).check(batches);
    if (check instanceof BatchCheck.Invalid invalid) {
      return new Problem(codeOf(invalid.reason()), invalid.message());
    }
    if (!brokerTime && isOutOfTime(BatchFormat.maxTimestamp(batches, at), nowMs)) {
      return new Problem(
          Errors.INVALID_TIMESTAMP,
          "a timestamp is more than message.timestamp.after.max.ms (%d) ahead of, or"
                  .formatted(maxAheadMs)
              + " message.timestamp.before.max.ms behind the broker's clock");
    }
    return keyed ? checkKeys(batches, at) : null;
  }

  private boolean isOutOfTime(long timestampMs, long nowMs) {
    return timestampMs >= 0
        && (timestampMs - nowMs > maxAheadMs || nowMs - timestampMs > maxBehindMs);
  }

  private static @Nullable Problem checkKeys(ByteBuffer batches, int at) {
    try {
      RecordReader records = RecordReader.of(batches, at);
      while (records.next()) {
        if (records.keyBytes() < 0) {
          return new Problem(
              Errors.INVALID_RECORD,
              "compacted topics cannot take records without a key: they would have no meaning");
        }
      }
      return null;
    } catch (CorruptBatchException e) {
      return new Problem(Errors.INVALID_RECORD, String.valueOf(e.getMessage()));
    }
  }

  private static Errors codeOf(BatchCheck.Reason reason) {
    return switch (reason) {
      case CHECKSUM, TRUNCATED, LENGTH -> Errors.CORRUPT_MESSAGE;
      case TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
      case MAGIC, ATTRIBUTES, COUNT, PRODUCER, EMPTY, RECORDS -> Errors.INVALID_RECORD;
    };
  }
}

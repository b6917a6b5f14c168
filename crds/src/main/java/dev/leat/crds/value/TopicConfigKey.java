package dev.leat.crds.value;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A topic configuration that Leat knows, with Kafka's name and default. Those that concern how
 * Kafka lays out files ({@code segment.bytes} and the like) are taken and have no effect: tools
 * written for Kafka send them.
 */
public enum TopicConfigKey implements Choice {
  /** Largest record batch, in bytes. */
  MAX_MESSAGE_BYTES(
      "max.message.bytes", "1048588", ConfigForm.number(1, TopicConfigKey.BATCH_LIMIT)),
  /** Kafka's least in-sync replicas; Leat always commits on a majority. */
  MIN_INSYNC_REPLICAS("min.insync.replicas", "1", ConfigForm.number(1, 5)),
  /**
   * How batches are stored; anything but {@code producer} is refused: bytes are never rewritten.
   */
  COMPRESSION_TYPE("compression.type", "producer", ConfigForm.word("producer")),
  /** Whose clock stamps records. */
  MESSAGE_TIMESTAMP_TYPE(
      "message.timestamp.type", "CreateTime", ConfigForm.word("CreateTime", "LogAppendTime")),
  /** Milliseconds that a record's timestamp may lie behind the broker's clock. */
  MESSAGE_TIMESTAMP_BEFORE_MAX_MS(
      "message.timestamp.before.max.ms", ConfigForm.MAX_LONG, ConfigForm.number(0, Long.MAX_VALUE)),
  /** Milliseconds that a record's timestamp may lie ahead of the broker's clock. */
  MESSAGE_TIMESTAMP_AFTER_MAX_MS(
      "message.timestamp.after.max.ms", "3600000", ConfigForm.number(0, Long.MAX_VALUE)),
  /** Milliseconds for which a tombstone stays readable. */
  DELETE_RETENTION_MS("delete.retention.ms", "86400000", ConfigForm.number(0, Long.MAX_VALUE)),
  /** Milliseconds for which a record is not compacted. */
  MIN_COMPACTION_LAG_MS("min.compaction.lag.ms", "0", ConfigForm.number(0, Long.MAX_VALUE)),
  /** Milliseconds after which a record must have been compacted. */
  MAX_COMPACTION_LAG_MS(
      "max.compaction.lag.ms", ConfigForm.MAX_LONG, ConfigForm.number(1, Long.MAX_VALUE)),
  /** Share of superseded records from which compaction is worth it. */
  MIN_CLEANABLE_DIRTY_RATIO("min.cleanable.dirty.ratio", "0.5", ConfigForm.ratio()),
  /** Whether a replica that missed records may lead: what a majority lost, a human decides. */
  UNCLEAN_LEADER_ELECTION(
      "unclean.leader.election.enable", "false", ConfigForm.word("true", "false")),
  /** No effect. */
  SEGMENT_BYTES("segment.bytes", "1073741824", ConfigForm.number(14, Integer.MAX_VALUE)),
  /** No effect. */
  SEGMENT_MS("segment.ms", "604800000", ConfigForm.number(1, Long.MAX_VALUE)),
  /** No effect. */
  SEGMENT_JITTER_MS("segment.jitter.ms", "0", ConfigForm.number(0, Long.MAX_VALUE)),
  /** No effect. */
  SEGMENT_INDEX_BYTES("segment.index.bytes", "10485760", ConfigForm.number(4, Integer.MAX_VALUE)),
  /** No effect. */
  INDEX_INTERVAL_BYTES("index.interval.bytes", "4096", ConfigForm.number(0, Integer.MAX_VALUE)),
  /** No effect. */
  FILE_DELETE_DELAY_MS("file.delete.delay.ms", "60000", ConfigForm.number(0, Long.MAX_VALUE)),
  /** No effect: every acknowledged record is on disk. */
  FLUSH_MESSAGES("flush.messages", ConfigForm.MAX_LONG, ConfigForm.number(1, Long.MAX_VALUE)),
  /** No effect: every acknowledged record is on disk. */
  FLUSH_MS("flush.ms", ConfigForm.MAX_LONG, ConfigForm.number(0, Long.MAX_VALUE)),
  /** No effect. */
  PREALLOCATE("preallocate", "false", ConfigForm.word("true", "false"));

  /** Largest value of max.message.bytes, in bytes: a batch must fit into a quarter of a segment. */
  public static final int BATCH_LIMIT = 16 << 20;

  /** Kafka's names for what the spec has fields for. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "retention.ms", "spec.retention.time",
          "retention.bytes", "spec.retention.size",
          "cleanup.policy", "spec.cleanup");

  private final String text;
  private final String defaultValue;
  private final ConfigForm form;

  TopicConfigKey(String text, String defaultValue, ConfigForm form) {
    this.text = text;
    this.defaultValue = defaultValue;
    this.form = form;
  }

  /** Every name. */
  public static List<String> names() {
    return Arrays.stream(values()).map(TopicConfigKey::text).toList();
  }

  /** The key of this name, if it is known. */
  public static Optional<TopicConfigKey> find(String name) {
    return Arrays.stream(values()).filter(key -> key.text.equals(name)).findFirst();
  }

  /** Throws {@link InvalidValueException} unless {@code name} may have this value. */
  public static void check(String name, String value) {
    String field = FIELDS.get(name);
    InvalidValueException.unless(field == null, "has a field of its own; use " + field);
    TopicConfigKey key =
        find(name)
            .orElseThrow(
                () -> new InvalidValueException("is unknown" + Suggestion.of(name, names())));
    InvalidValueException.unless(
        key.form.accepts(value), "'" + value + "' is not valid; allowed is " + key.form.allowed());
  }

  /** Kafka's name. */
  @Override
  public String text() {
    return text;
  }

  /** What a value may be, in words, after "allowed is". */
  public String allowed() {
    return form.allowed();
  }

  /** What a value may be, in CEL; {@code value} is the expression of the text. */
  public String rule(String value) {
    return form.rule().replace("%s", value);
  }

  /** Kafka's default. */
  public String defaultValue() {
    return defaultValue;
  }
}

package dev.leat.cli.topic;

import dev.leat.client.admin.Cleanup;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Retention;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What can be said of a topic when it is created and later. */
final class TopicOptions {
  @Option(
      names = "--retention",
      paramLabel = "TIME",
      description = "How long records are kept: 7d, 12h, unlimited. Default: 7d.",
      converter = RetentionTime.class)
  private @Nullable Long retentionMs;

  @Option(
      names = "--retention-size",
      paramLabel = "SIZE",
      description = "How much of each partition is kept: 10Gi, unlimited. Default: unlimited.",
      converter = RetentionSize.class)
  private @Nullable Long retentionBytes;

  @Option(
      names = "--cleanup",
      paramLabel = "POLICY",
      description = "How old records go: delete, compact or compact,delete. Default: delete.",
      converter = CleanupPolicy.class)
  private @Nullable Cleanup cleanup;

  @Option(
      names = "--config",
      paramLabel = "NAME=VALUE",
      description = "Further settings by Kafka's names, for example max.message.bytes=1048576.")
  private Map<String, String> config = Map.of();

  OptionalLong retentionMs() {
    return retentionMs == null ? OptionalLong.empty() : OptionalLong.of(retentionMs);
  }

  OptionalLong retentionBytes() {
    return retentionBytes == null ? OptionalLong.empty() : OptionalLong.of(retentionBytes);
  }

  @Nullable Cleanup cleanup() {
    return cleanup;
  }

  Map<String, String> config() {
    return config;
  }

  private static <T> T parse(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (InvalidValueException e) {
      throw new TypeConversionException(e.problem());
    }
  }

  static final class RetentionTime implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return parse(text, Retention::parseTime).map(span -> span.millis()).orElse(-1L);
    }
  }

  static final class RetentionSize implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return parse(text, Retention::parseSize).map(size -> size.bytes()).orElse(-1L);
    }
  }

  static final class CleanupPolicy implements ITypeConverter<Cleanup> {
    @Override
    public Cleanup convert(String text) {
      return switch (parse(text, dev.leat.crds.value.Cleanup::parse)) {
        case DELETE -> Cleanup.DELETE;
        case COMPACT -> Cleanup.COMPACT;
        case COMPACT_DELETE -> Cleanup.COMPACT_DELETE;
      };
    }
  }
}

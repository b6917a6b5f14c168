package dev.leat.cli.records;

import dev.leat.cli.console.CommandFailedException;
import dev.leat.client.ProducerRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes a record of a line. */
final class LineParser {
  private final String topic;
  private final int partition;
  private final byte @Nullable [] separator;

  /**
   * A parser.
   *
   * @param partition where all records go, or {@link ProducerRecord#ANY_PARTITION}
   * @param separator what stands between key and value; null if there is no key
   */
  LineParser(String topic, int partition, @Nullable String separator) {
    this.topic = topic;
    this.partition = partition;
    this.separator = separator == null ? null : separator.getBytes(StandardCharsets.UTF_8);
  }

  /** The record of a line; {@code number} names it if it has no separator. */
  ProducerRecord parse(byte[] line, long number) {
    if (separator == null) {
      return record(null, line);
    }
    int at = indexOf(line, separator);
    if (at < 0) {
      throw new CommandFailedException(
          "line %d has no separator '%s' between key and value; nothing after it was sent"
              .formatted(number, new String(separator, StandardCharsets.UTF_8)));
    }
    return record(
        Arrays.copyOf(line, at), Arrays.copyOfRange(line, at + separator.length, line.length));
  }

  private ProducerRecord record(byte @Nullable [] key, byte[] value) {
    return ProducerRecord.of(topic, key, value).withPartition(partition);
  }

  private static int indexOf(byte[] line, byte[] part) {
    for (int at = 0; at <= line.length - part.length; at++) {
      if (Arrays.equals(line, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }
}

package dev.leat.cli.group;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.PartitionOffsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "reset",
    description = "Sets where a group without members reads on. Makes the group if there is none.")
final class ResetCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "TOPIC", description = "Topic to read on elsewhere.")
  private String topic = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "PLACE",
      description = "earliest, latest, an offset, or a time such as 2026-11-25T08:00:00Z.",
      converter = PlaceConverter.class)
  private Position to = Position.latest();

  @Option(names = "--partition", paramLabel = "N", description = "This partition only.")
  private @Nullable Integer partition;

  @Option(names = "--dry-run", description = "Only prints what would be set.")
  private boolean dryRun;

  ResetCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      Map<TopicPartition, Long> offsets = new TreeMap<>();
      client
          .admin()
          .listOffsets(wanted(client))
          .forEach((slot, found) -> offsets.put(slot, within(found)));
      if (!dryRun) {
        client.admin().setGroupOffsets(name, offsets);
      }
      Table table = new Table("TOPIC", "PARTITION", "OFFSET");
      offsets.forEach((slot, offset) -> table.row(slot.topic(), slot.partition(), offset));
      table.lines().forEach(console::result);
    }
    return 0;
  }

  private Map<TopicPartition, Position> wanted(LeatClient client) {
    int partitions = client.admin().describeTopic(topic).spec().partitions();
    Map<TopicPartition, Position> wanted = new HashMap<>();
    for (int number = 0; number < partitions; number++) {
      if (partition == null || partition == number) {
        // A number is brought into the range of each partition, which must be known for that.
        wanted.put(
            new TopicPartition(topic, number), to instanceof Position.At ? Position.latest() : to);
      }
    }
    return wanted;
  }

  private long within(PartitionOffsets found) {
    return to instanceof Position.At(long offset)
        ? Math.clamp(offset, found.logStartOffset(), found.highWatermark())
        : found.offset();
  }

  static final class PlaceConverter implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      if (text.equals("earliest")) {
        return Position.earliest();
      }
      if (text.equals("latest")) {
        return Position.latest();
      }
      try {
        return text.chars().allMatch(Character::isDigit)
            ? Position.at(Long.parseLong(text))
            : Position.since(Instant.parse(text));
      } catch (NumberFormatException | DateTimeParseException e) {
        throw new TypeConversionException(
            "'"
                + text
                + "' is no place; allowed is earliest, latest, an offset, or a time such as"
                + " 2026-11-25T08:00:00Z");
      }
    }
  }
}

package dev.leat.cli.records;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.GroupConfig;
import dev.leat.client.GroupConsumer;
import dev.leat.client.Isolation;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.QueueConfig;
import dev.leat.client.QueueConsumer;
import dev.leat.client.QueueRecord;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code leat consume}: prints records as they come. */
@Command(
    name = "consume",
    description = "Prints the records of a topic as they come, from the end unless told.")
public final class ConsumeCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofSeconds(1);

  /** So few that several members have something to do. */
  private static final int MAX_LOCKED = 100;

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Topic to read.")
  private String topic = "";

  @Option(names = "--from-beginning", description = "Starts with the first record still stored.")
  private boolean fromBeginning;

  @Option(
      names = "--group",
      paramLabel = "G",
      description = "Reads as a member of this group, from where it has read to.")
  private @Nullable String group;

  @Option(
      names = "--queue",
      paramLabel = "G",
      description =
          "Receives as a member of this group, whose members are handed records one by one;"
              + " what is printed is dealt with.")
  private @Nullable String queue;

  @Option(names = "--partition", paramLabel = "N", description = "Reads this partition only.")
  private @Nullable Integer partition;

  @Option(
      names = "--offset",
      paramLabel = "O",
      description = "Where to start in the partition: a number, earliest or latest.",
      converter = PositionConverter.class)
  private @Nullable Position offset;

  @Option(names = "--max", paramLabel = "N", description = "Ends after N records.")
  private long max = Long.MAX_VALUE;

  @Option(
      names = "--exit-at-end",
      description = "Ends where the topic ended when the command began.")
  private boolean exitAtEnd;

  @Option(
      names = "--isolation",
      paramLabel = "I",
      description =
          "read_committed (default): nothing of open or aborted transactions;"
              + " or read_uncommitted.",
      converter = IsolationConverter.class)
  private @Nullable Isolation isolation;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "value (default), kv (key TAB value) or json.",
      converter = FormatConverter.class)
  private RecordFormat format = RecordFormat.VALUE;

  /** A command that talks to {@code console}. */
  public ConsumeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    check();
    try (LeatClient client = cluster.connect()) {
      if (queue != null) {
        receive(client, queue);
      } else if (group != null) {
        consumeAsMember(client, group);
      } else {
        consume(client);
      }
    }
    return 0;
  }

  private Isolation isolation() {
    return isolation == null ? Isolation.READ_COMMITTED : isolation;
  }

  private void consume(LeatClient client) {
    try (Consumer consumer = client.consumer(ConsumerConfig.DEFAULT.withIsolation(isolation()))) {
      assign(consumer);
      TopicEnd end = exitAtEnd ? TopicEnd.now(client, consumer, isolation()) : TopicEnd.NEVER;
      print(consumer, end);
    }
  }

  private void consumeAsMember(LeatClient client, String name) {
    Position start = fromBeginning ? Position.earliest() : Position.latest();
    // What is printed is committed, and nothing else: not by itself, which would be at any time.
    GroupConfig config =
        GroupConfig.of(name, topic)
            .withStart(start)
            .withClientId("leat-consume")
            .withAutoCommit(Duration.ZERO)
            .withConsumer(ConsumerConfig.DEFAULT.withIsolation(isolation()));
    GroupEnd end =
        exitAtEnd
            ? GroupEnd.now(client, name, topic, new GroupEnd.View(fromBeginning, isolation()))
            : GroupEnd.NEVER;
    try (GroupConsumer member = client.groupConsumer(config)) {
      RecordFormat.RecordPrinter printer = format.printer(console);
      long left = max;
      while (left > 0) {
        List<ConsumerRecord> records = member.poll(POLL);
        List<ConsumerRecord> wanted = records.subList(0, (int) Math.min(left, records.size()));
        wanted.forEach(printer::print);
        left -= wanted.size();
        console.flush();
        if (wanted.size() == records.size()) {
          // Behind markers and aborted records, too, so that the group does not seem to lag.
          member.commit();
        } else {
          member.commit(behind(wanted));
        }
        if (end.isReached()) {
          return;
        }
      }
    }
  }

  private void receive(LeatClient client, String name) {
    Position start = fromBeginning ? Position.earliest() : Position.latest();
    QueueConfig config =
        QueueConfig.of(name, topic)
            .withStart(start)
            .withClientId("leat-consume")
            .withMaxRecords((int) Math.clamp(max, 1, MAX_LOCKED));
    try (QueueConsumer member = client.queueConsumer(config)) {
      RecordFormat.RecordPrinter printer = format.printer(console);
      for (long left = max; left > 0; ) {
        List<QueueRecord> records = member.poll(POLL);
        List<QueueRecord> wanted = records.subList(0, (int) Math.min(left, records.size()));
        wanted.forEach(record -> printer.print(record.record()));
        console.flush();
        left -= wanted.size();
        acknowledge(member, wanted);
      }
    }
  }

  /** A broker that dies takes its locks along: what is printed may be printed again. */
  private void acknowledge(QueueConsumer member, List<QueueRecord> records) {
    try {
      records.forEach(member::acknowledge);
      member.commit();
    } catch (LeatException e) {
      console.hint("records may be handed out again: " + e.getMessage());
    }
  }

  /** Where to read on after these records. */
  private static Map<TopicPartition, Long> behind(List<ConsumerRecord> records) {
    Map<TopicPartition, Long> next = new HashMap<>();
    records.forEach(record -> next.put(record.topicPartition(), record.offset() + 1));
    return next;
  }

  private void check() {
    require(group == null || partition == null, "--group and --partition exclude each other");
    require(queue == null || group == null, "--queue and --group exclude each other");
    require(queue == null || partition == null, "--queue and --partition exclude each other");
    require(queue == null || !exitAtEnd, "--queue and --exit-at-end exclude each other");
    require(
        queue == null || isolation == null,
        "--queue and --isolation exclude each other: what all members of a queue see is set by its"
            + " group's share.isolation.level");
    require(offset == null || partition != null, "--offset needs --partition");
    require(offset == null || !fromBeginning, "--offset and --from-beginning exclude each other");
    require(partition == null || partition >= 0, "--partition must be 0 or more");
    require(max >= 0, "--max must be 0 or more");
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void assign(Consumer consumer) {
    Position from = fromBeginning ? Position.earliest() : Position.latest();
    if (partition == null) {
      consumer.assign(topic, from);
    } else {
      consumer.assign(Map.of(new TopicPartition(topic, partition), offset == null ? from : offset));
    }
  }

  private void print(Consumer consumer, TopicEnd end) {
    RecordFormat.RecordPrinter printer = format.printer(console);
    long left = max;
    while (left > 0 && !end.isReached(consumer)) {
      List<ConsumerRecord> records = consumer.poll(POLL);
      for (ConsumerRecord record : records) {
        if (left > 0 && end.isBehind(record)) {
          printer.print(record);
          left--;
        }
      }
      // A pipe sees what is there before this command waits for more.
      console.flush();
    }
  }

  static final class FormatConverter implements ITypeConverter<RecordFormat> {
    @Override
    public RecordFormat convert(String text) {
      for (RecordFormat format : RecordFormat.values()) {
        if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
          return format;
        }
      }
      throw new TypeConversionException("'" + text + "' is unknown; allowed is value, kv or json");
    }
  }

  static final class IsolationConverter implements ITypeConverter<Isolation> {
    @Override
    public Isolation convert(String text) {
      for (Isolation isolation : Isolation.values()) {
        if (isolation.name().toLowerCase(Locale.ROOT).equals(text)) {
          return isolation;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is unknown; allowed is read_committed or read_uncommitted");
    }
  }

  static final class PositionConverter implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      return switch (text) {
        case "earliest" -> Position.earliest();
        case "latest" -> Position.latest();
        default -> number(text);
      };
    }

    private static Position number(String text) {
      try {
        return Position.at(Long.parseLong(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'" + text + "' is no offset; allowed is 0 or more, earliest or latest");
      }
    }
  }
}

package dev.leat.bench;

import dev.leat.bench.figure.Catalog;
import dev.leat.bench.figure.Contestant;
import dev.leat.bench.figure.Figure;
import dev.leat.bench.journal.DiskLimit;
import dev.leat.bench.lab.Installation;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Machine;
import dev.leat.bench.lab.Workspace;
import dev.leat.bench.process.Children;
import dev.leat.bench.report.Conditions;
import dev.leat.bench.report.JsonReport;
import dev.leat.bench.report.MarkdownReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The command behind {@code bench/run}. */
public final class Main {
  /** Status of wrong usage. */
  private static final int USAGE = 2;

  /** Space for the data of one measurement at several hundred MB/s, with room to spare. */
  private static final long FREE_BYTES_MIN = 16L << 30;

  private static final Duration DISK_TIME = Duration.ofSeconds(3);

  private Main() {}

  /** Measures, and prints the table. The exit status does not depend on what was reached. */
  public static void main(String[] arguments) throws IOException {
    Installation installation = Installation.fromProperties();
    // What matters of the messages of Kafka's client is in its exceptions.
    Logger.getLogger("").setLevel(Level.OFF);
    try {
      Path directory = installation.root().resolve("bench/target/work");
      Options options = Options.parse(arguments, directory);
      run(installation, options, selected(options));
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.print(Options.USAGE);
      System.err.println("  FIGURE       one of " + String.join(" ", names()));
      System.err.println(
          "               (default: all but bench/failover's and bench/ecosystem's)");
      System.exit(USAGE);
    }
  }

  private static void run(Installation installation, Options options, List<Figure> figures)
      throws IOException {
    String date = OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString();
    try (Workspace workspace = new Workspace(options.directory());
        Children children = new Children()) {
      Thread cleanUp = new Thread(() -> cleanUp(children, workspace));
      Runtime.getRuntime().addShutdownHook(cleanUp);
      requireSpace(workspace.data());
      Lab lab = new Lab(installation, workspace, children, options.scale());
      double overwrite = DiskLimit.overwrite(lab.directory("disk"), DISK_TIME);
      double append = DiskLimit.append(lab.directory("disk"), DISK_TIME);
      workspace.clear();
      Runner runner = new Runner(lab, options.patience());
      runner.run(figures, options.rounds());
      Conditions conditions =
          new Conditions(
              date,
              Machine.describe(workspace.data()),
              overwrite,
              append,
              Versions.of(lab),
              options.rounds(),
              options.scale().measured().toSeconds());
      System.out.print(MarkdownReport.write(conditions, figures, runner.samples()));
      if (options.json() != null) {
        Files.writeString(options.json(), JsonReport.write(conditions, figures, runner.samples()));
      }
      Runtime.getRuntime().removeShutdownHook(cleanUp);
    }
  }

  /** Also on Ctrl-C: no process and no data may stay behind. */
  private static void cleanUp(Children children, Workspace workspace) {
    children.close();
    workspace.close();
  }

  private static List<Figure> selected(Options options) {
    options.figures().stream()
        .filter(name -> !names().contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("there is no figure " + name);
            });
    List<Figure> offered = options.figures().isEmpty() ? Catalog.usual() : Catalog.figures();
    return offered.stream()
        .filter(f -> options.figures().isEmpty() || options.figures().contains(f.name()))
        .map(figure -> figure.only(contestant -> matches(contestant, options.only())))
        .filter(figure -> !figure.contestants().isEmpty())
        .toList();
  }

  private static boolean matches(Contestant contestant, String part) {
    return contestant.name().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  private static List<String> names() {
    return Catalog.figures().stream().map(Figure::name).toList();
  }

  private static void requireSpace(Path data) throws IOException {
    long free = Files.getFileStore(data).getUsableSpace();
    if (free < FREE_BYTES_MIN) {
      throw new IllegalArgumentException(
          "%s has %d GiB free, and %d GiB are needed: use --dir for another disk"
              .formatted(data, free >> 30, FREE_BYTES_MIN >> 30));
    }
  }
}

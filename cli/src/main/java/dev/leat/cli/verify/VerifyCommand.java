package dev.leat.cli.verify;

import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalVerifier;
import dev.leat.broker.journal.VerifyReport;
import dev.leat.broker.log.Damage;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.HumanSize;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat verify}: reads everything and changes nothing. */
@Command(
    name = "verify",
    description =
        "Checks every checksum, order, epoch and index below a directory of leat up, or of one"
            + " broker. Reads only; the broker must not run. Exit status 1: damage was found.")
public final class VerifyCommand implements Callable<Integer> {
  private static final int DAMAGED = 1;

  private final Console console;

  @Parameters(paramLabel = "DIR", description = "Directory of leat up, or broker-N in it.")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  /** A command that talks to {@code console}. */
  public VerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<VerifiedBroker> brokers = new ArrayList<>();
    for (Path journal : BrokerDirectories.below(directory)) {
      brokers.add(new VerifiedBroker(journal, verify(journal)));
    }
    if (json) {
      printJson(brokers);
    } else {
      brokers.forEach(this::print);
    }
    return brokers.stream().allMatch(VerifiedBroker::isSound) ? 0 : DAMAGED;
  }

  private record VerifiedBroker(Path directory, VerifyReport report) {
    boolean isSound() {
      return report.sound();
    }
  }

  private VerifyReport verify(Path journal) {
    Progress progress = console.progress();
    try {
      return JournalVerifier.verify(
          journal,
          (done, total) ->
              progress.show("%s: %d of %d segments checked".formatted(journal, done, total)));
    } catch (JournalException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailedException(journal + " cannot be verified: " + e.getMessage(), e);
    } finally {
      progress.clear();
    }
  }

  private void print(VerifiedBroker broker) {
    VerifyReport report = broker.report();
    for (Damage damage : report.findings()) {
      console.result("%s/%s: %s".formatted(broker.directory(), damage.file(), describe(damage)));
    }
    if (report.moreFindings() > 0) {
      console.result(broker.directory() + ": and " + report.moreFindings() + " more");
    }
    console.result(
        "%s: %s: %d segments, %d entries, %s of batches, %d groups, %d partitions"
            .formatted(
                broker.directory(),
                broker.isSound() ? "sound" : "DAMAGED",
                report.segments(),
                report.entries(),
                HumanSize.of(report.bytes()),
                report.groups(),
                report.partitions()));
  }

  private static String describe(Damage damage) {
    return damage.position() == Damage.NO_POSITION
        ? damage.what()
        : "entry " + damage.position() + ": " + damage.what();
  }

  private void printJson(List<VerifiedBroker> brokers) {
    List<JsonObject> all = brokers.stream().map(VerifyCommand::toJson).toList();
    boolean sound = brokers.stream().allMatch(VerifiedBroker::isSound);
    console.result(new JsonObject().put("sound", sound).put("brokers", all).toString());
  }

  private static JsonObject toJson(VerifiedBroker broker) {
    VerifyReport report = broker.report();
    List<JsonObject> findings =
        report.findings().stream()
            .map(
                damage ->
                    new JsonObject()
                        .put("file", damage.file())
                        .put("position", damage.position())
                        .put("what", damage.what()))
            .toList();
    return new JsonObject()
        .put("directory", broker.directory().toString())
        .put("segments", report.segments())
        .put("entries", report.entries())
        .put("bytes", report.bytes())
        .put("groups", report.groups())
        .put("partitions", report.partitions())
        .put("findings", findings)
        .put("omittedFindings", report.moreFindings());
  }
}

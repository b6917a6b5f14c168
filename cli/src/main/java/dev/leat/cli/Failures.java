package dev.leat.cli;

import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.OutputClosedException;
import dev.leat.client.error.LeatException;
import dev.leat.crds.value.InvalidValueException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.IntSupplier;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a failed command says, and its exit status. Stack traces only with LEAT_DEBUG. */
final class Failures {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String DEBUG = "LEAT_DEBUG";

  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  /** Runs a command and shows what it printed. */
  int finish(IntSupplier command) {
    try {
      int status = command.getAsInt();
      console.flush();
      return status;
    } catch (OutputClosedException e) {
      return OK;
    }
  }

  /** The command was called in a wrong way. */
  int misused(ParameterException e) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    boolean noCommand = e instanceof UnmatchedArgumentException && name.equals("leat");
    console.hint(
        "leat: %s; see: %s --help"
            .formatted(noCommand ? "there is no such command" : firstLine(e), name));
    debug(e);
    return USAGE;
  }

  /** The command threw. */
  int failed(Exception e) {
    debug(e);
    return switch (e) {
      case ParameterException misused -> misused(misused);
      case OutputClosedException closed -> OK;
      case CommandFailedException expected -> say(String.valueOf(expected.getMessage()));
      case LeatException expected -> say(String.valueOf(expected.getMessage()));
      case InvalidValueException expected -> say(expected.problem());
      default -> say("a defect of leat: " + e + "; LEAT_DEBUG=1 shows where; please report it");
    };
  }

  private int say(String message) {
    console.hint("leat: " + message);
    return FAILED;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private void debug(Exception e) {
    if (System.getenv(DEBUG) != null) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      console.hint(trace.toString().stripTrailing());
    }
  }
}

package dev.leat.cli;

import dev.leat.cli.console.Console;
import java.util.logging.LogManager;

/** Entry point of the {@code leat} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] args) {
    if (System.getenv("LEAT_DEBUG") == null) {
      // What libraries have to say is for developers; up sets up its own log.
      LogManager.getLogManager().reset();
    }
    System.exit(CommandTree.run(Console.ofProcess(), args));
  }
}

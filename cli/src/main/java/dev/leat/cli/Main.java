package dev.leat.cli;

import dev.leat.cli.console.Console;

/** Entry point of the {@code leat} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(CommandTree.run(Console.ofProcess(), args));
  }
}

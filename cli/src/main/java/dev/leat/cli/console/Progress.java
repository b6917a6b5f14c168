package dev.leat.cli.console;

import java.io.PrintStream;

/** How far a long command is: one line that is overwritten on a terminal, and nothing elsewhere. */
public final class Progress {
  private static final String TO_LINE_START = "\r";
  private static final String ERASE_LINE = "\u001b[2K";

  private final PrintStream err;
  private final boolean interactive;
  private boolean shown;

  Progress(PrintStream err, boolean interactive) {
    this.err = err;
    this.interactive = interactive;
  }

  /** Shows the line, in place of the one before. */
  public void show(String line) {
    if (interactive) {
      err.print(TO_LINE_START + ERASE_LINE + line);
      err.flush();
      shown = true;
    }
  }

  /** Takes the line away. */
  public void clear() {
    if (shown) {
      err.print(TO_LINE_START + ERASE_LINE);
      err.flush();
      shown = false;
    }
  }
}

package dev.leat.cli.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The three streams of a command. Results, and nothing else, go to the standard output; progress,
 * hints and warnings go to the standard error.
 *
 * <p>Results are buffered: whoever waits for more input flushes before.
 */
public final class Console {
  private static final int BUFFER_BYTES = 64 << 10;

  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;
  private final Terminal terminal;

  /**
   * Which streams have a person at their end.
   *
   * @param typed the input is typed
   * @param watched the error stream is watched, so that a progress line may be overwritten
   */
  public record Terminal(boolean typed, boolean watched) {
    /** Everything is a pipe or a file. */
    public static final Terminal NONE = new Terminal(false, false);
  }

  /** A console on these streams. */
  public Console(InputStream in, OutputStream out, PrintStream err, Terminal terminal) {
    this.in = in;
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    this.err = err;
    this.terminal = terminal;
  }

  /** That of the process. */
  public static Console ofProcess() {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        err,
        new Terminal(Boolean.getBoolean("leat.typed"), Boolean.getBoolean("leat.watched")));
  }

  /** Standard input, unbuffered. */
  public InputStream in() {
    return in;
  }

  /** Whether somebody types the input. */
  public boolean isInputTyped() {
    return terminal.typed();
  }

  /** Where results go, for those who write bytes to a stream. */
  public OutputStream results() {
    return out;
  }

  /** A line of the result. */
  public void result(String line) {
    result(line.getBytes(StandardCharsets.UTF_8));
    result(new byte[] {'\n'});
  }

  /** Bytes of the result. */
  public void result(byte[] bytes) {
    result(bytes, bytes.length);
  }

  /** The first {@code length} bytes are a part of the result. */
  public void result(byte[] bytes, int length) {
    try {
      out.write(bytes, 0, length);
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  /** Shows all results that were written. */
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  /** A line for the person, not for the pipe. */
  public void hint(String line) {
    err.println(line);
  }

  /** Where progress is shown. */
  public Progress progress() {
    return new Progress(err, terminal.watched());
  }
}

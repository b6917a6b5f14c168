package dev.leat.bench.failover;

import dev.leat.bench.process.MeasurementException;
import java.io.IOException;

/** What is done to a process. */
enum Signal {
  /** Ends it at once, as a crash does. */
  KILL,
  /** Asks it to end. */
  TERM,
  /** It goes on existing and does nothing: its connections stay, and say nothing. */
  STOP,
  /** Ends {@link #STOP}. */
  CONT;

  void send(long pid) {
    try {
      int status = new ProcessBuilder("kill", "-" + name(), Long.toString(pid)).start().waitFor();
      if (status != 0) {
        throw new MeasurementException("kill -" + name() + " " + pid + " failed");
      }
    } catch (IOException e) {
      throw new MeasurementException("kill cannot be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
  }
}

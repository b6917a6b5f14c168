package dev.leat.broker.state;

import java.io.IOException;
import java.nio.file.Path;

/** The directory of a store is used by another process, or by another store of this one. */
public final class DirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  DirectoryInUseException(Path directory, String pid) {
    super(
        directory
            + " is in use"
            + (pid.isEmpty() ? "" : " by process " + pid)
            + ": stop that one, or use another directory");
  }
}

package dev.leat.cli.verify;

import dev.leat.cli.console.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the journals lie below what the user names. */
final class BrokerDirectories {
  private static final String PREFIX = "broker-";
  private static final String SEGMENTS = "segments";

  private BrokerDirectories() {}

  /** Those of all brokers below {@code directory}, or the directory itself. */
  static List<Path> below(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException(directory + " is no directory; give that of leat up --dir");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> brokers =
          entries
              .filter(Files::isDirectory)
              .filter(entry -> String.valueOf(entry.getFileName()).startsWith(PREFIX))
              .sorted()
              .toList();
      return brokers.isEmpty() ? List.of(checked(directory)) : brokers;
    } catch (IOException e) {
      throw new CommandFailedException(directory + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path checked(Path directory) {
    if (!Files.isDirectory(directory.resolve(SEGMENTS))) {
      throw new CommandFailedException(
          directory + " holds no broker's data; give the directory of leat up --dir");
    }
    return directory;
  }
}

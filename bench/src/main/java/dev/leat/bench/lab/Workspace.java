package dev.leat.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories of one run: data, deleted as soon as it was used, and logs, which stay. */
public final class Workspace implements AutoCloseable {
  private static final String PREFIX = "run-";

  private final Path mine;
  private final Path data;
  private final Path logs;
  private int count;

  /** Makes the directories below {@code base} and deletes those that a killed run left there. */
  public Workspace(Path base) {
    this.mine = base.resolve(PREFIX + ProcessHandle.current().pid());
    this.data = mine.resolve("data");
    this.logs = base.resolve("logs");
    try {
      Files.createDirectories(base);
      deleteLeftovers(base);
      delete(logs);
      Files.createDirectories(data);
      Files.createDirectories(logs);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + base, e);
    }
  }

  /** The directory that holds all data. */
  public Path data() {
    return data;
  }

  /** A new, empty directory. */
  public Path directory(String name) {
    count++;
    try {
      return Files.createDirectory(data.resolve(count + "-" + name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory in " + data, e);
    }
  }

  /** Name of a log file that is not in use yet. */
  public Path log(String name) {
    count++;
    return logs.resolve(count + "-" + name + ".log");
  }

  /** Deletes all data. */
  public void clear() {
    try (Stream<Path> entries = Files.list(data)) {
      entries.forEach(Workspace::delete);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete in " + data, e);
    }
  }

  @Override
  public void close() {
    delete(mine);
  }

  private static void deleteLeftovers(Path base) throws IOException {
    try (Stream<Path> entries = Files.list(base)) {
      entries
          .filter(entry -> entry.getFileName().toString().matches(PREFIX + "\\d+"))
          .filter(entry -> ProcessHandle.of(owner(entry)).isEmpty())
          .forEach(Workspace::delete);
    }
  }

  private static long owner(Path entry) {
    return Long.parseLong(entry.getFileName().toString().substring(PREFIX.length()));
  }

  private static void delete(Path tree) {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + tree, e);
    }
  }
}

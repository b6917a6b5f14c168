package dev.leat.broker.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things that a store of small files does to a disk, each with what it makes durable, so
 * that tests can put a disk below it that forgets everything else.
 */
interface Disk {
  /** Keeps everybody else out of a directory; throws {@link DirectoryInUseException}. */
  Closeable lock(Path directory) throws IOException;

  /** Names of the directories in a directory, sorted; none if it does not exist. */
  List<String> directories(Path directory) throws IOException;

  /** Names of the other files in a directory, sorted; none if it does not exist. */
  List<String> files(Path directory) throws IOException;

  /** Whether there is a file or directory. */
  boolean exists(Path file);

  /** Content of a file. */
  byte[] read(Path file) throws IOException;

  /** Makes a directory and those above it, durably, unless it exists. */
  void createDirectories(Path directory) throws IOException;

  /** Writes a new file. Nothing of it is durable. */
  void write(Path file, byte[] content) throws IOException;

  /** Writes into a file, or at its end. Nothing of it is durable. */
  void writeAt(Path file, long position, byte[] content) throws IOException;

  /** Cuts a file off. Not durable. */
  void truncate(Path file, long size) throws IOException;

  /** Makes the content of a file durable; not yet its name. */
  void sync(Path file) throws IOException;

  /** Gives a file another name in its directory, at once, in place of what has that name. */
  void rename(Path file, Path name) throws IOException;

  /** Removes a file if it exists. */
  void delete(Path file) throws IOException;

  /** Makes the names in a directory durable. */
  void syncDirectory(Path directory) throws IOException;
}

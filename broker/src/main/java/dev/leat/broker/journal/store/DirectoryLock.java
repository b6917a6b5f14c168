package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two processes from using one directory. The lock goes with the process, however that ends;
 * the file says who holds it.
 */
public final class DirectoryLock implements AutoCloseable {
  public static final String NAME = "lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a directory.
   *
   * @throws JournalException if another process has done so
   */
  public static DirectoryLock take(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (!lock(channel)) {
      String holder = holder(channel);
      channel.close();
      throw new JournalException(
          Reason.LOCKED,
          directory
              + " is in use by process "
              + holder
              + ": stop that broker, or use another"
              + " directory");
    }
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
    return new DirectoryLock(channel);
  }

  /** Whether a process holds the lock of a directory, and which; null if none does. */
  public static @Nullable String holder(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    // A shared lock needs no right to write, and conflicts with the holder's.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null ? holder(channel) : null;
      } catch (OverlappingFileLockException e) {
        return holder(channel);
      }
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalConfig;
import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalException.Reason;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.segment.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes, empties and deletes segment files.
 *
 * <p>A file is written with zeros before it is used: a commit that overwrites blocks is several
 * times faster than one for which the file system has to allocate them. For the same reason a file
 * that is not needed any more is used again: the two meta pages of an empty environment are written
 * over its own, and everything behind them is garbage that LMDB overwrites.
 */
public final class SegmentFiles {
  private static final int BUFFER_BYTES = 256 << 10;

  private static final String EMPTY = "empty.tmp";

  private final Path directory;
  private final AtomicInteger nextNumber;
  private byte @Nullable [] emptyPages;

  public SegmentFiles(Path directory, int nextNumber) {
    this.directory = directory.resolve(Segment.DIRECTORY);
    this.nextNumber = new AtomicInteger(nextNumber);
  }

  /** Is asked, while a file is being written, how to go on; it may wait. */
  public interface Pace {
    /** Between two syncs where throughput counts: 4 MiB. */
    int LARGE_BYTES = 4 << 20;

    /**
     * The same where a sync of appends must not wait long, since it waits for what is written here
     * too: 256 KiB, a millisecond or two.
     */
    int SMALL_BYTES = 256 << 10;

    /** Goes on as fast as the disk can. */
    Pace FULL_SPEED = fraction -> LARGE_BYTES;

    /**
     * Returns when the next piece may be written.
     *
     * @param fraction how much of the file is written, 0 to 1
     * @return size of the piece, which is synced then; 0 to give up
     */
    int nextBytes(double fraction);
  }

  public static String name(int number) {
    return "%08d.mdb".formatted(number);
  }

  public Path path(int number) {
    return directory.resolve(name(number));
  }

  /** Makes a new file and returns its number. It takes no blocks yet: slow to fill. */
  public int makeSparse(long bytes) {
    int number = nextNumber.getAndIncrement();
    make(number, channel -> channel.write(ByteBuffer.allocate(1), bytes - 1) == 1);
    return number;
  }

  /** Makes a new file that grows with what is written; returns its number. */
  public int makeGrowing() {
    int number = nextNumber.getAndIncrement();
    make(number, channel -> true);
    return number;
  }

  /** Makes a new file, written with zeros; returns its number, or -1 if it was given up. */
  public int makeWritten(long bytes, Pace pace) {
    int number = nextNumber.getAndIncrement();
    boolean done = make(number, channel -> writeZeros(channel, bytes, pace));
    if (!done) {
      delete(number);
    }
    return done ? number : -1;
  }

  private interface Filling {
    boolean fill(FileChannel channel) throws IOException;
  }

  private boolean make(int number, Filling filling) {
    Path path = path(number);
    try {
      Files.createDirectories(directory);
      boolean done;
      try (FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        done = filling.fill(channel);
        writeEmptyPages(channel);
      }
      syncDirectory();
      return done;
    } catch (IOException e) {
      delete(number);
      throw new JournalException(
          Reason.IO, path + " cannot be made: " + e.getMessage() + ": check the disk", e);
    }
  }

  private static boolean writeZeros(FileChannel channel, long bytes, Pace pace) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long at = 0;
    while (at < bytes) {
      int piece = pace.nextBytes((double) at / bytes);
      if (piece == 0) {
        return false;
      }
      long end = Math.min(bytes, at + piece);
      while (at < end) {
        zeros.clear().limit((int) Math.min(BUFFER_BYTES, end - at));
        at += channel.write(zeros, at);
      }
      channel.force(false);
    }
    return true;
  }

  /** Makes a used file an empty environment again. */
  public void empty(int number) {
    Path path = path(number);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      writeEmptyPages(channel);
    } catch (IOException e) {
      throw new JournalException(
          Reason.IO, path + " cannot be recycled: " + e.getMessage() + ": check the disk", e);
    }
  }

  /** Makes a file empty again if it is not: a damaged spare would crash liblmdb. */
  public void emptyIfNot(int number) {
    try (FileChannel channel = FileChannel.open(path(number), StandardOpenOption.READ)) {
      ByteBuffer wanted = ByteBuffer.wrap(emptyPages());
      ByteBuffer found = ByteBuffer.allocate(wanted.capacity());
      while (found.hasRemaining() && channel.read(found, found.position()) > 0) {
        // Reads on until it has all.
      }
      if (found.flip().equals(wanted)) {
        return;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    empty(number);
  }

  private void writeEmptyPages(FileChannel channel) throws IOException {
    ByteBuffer pages = ByteBuffer.wrap(emptyPages());
    while (pages.hasRemaining()) {
      channel.write(pages, pages.position());
    }
    channel.force(true);
  }

  /** The meta pages of an empty environment, as liblmdb writes them. */
  private synchronized byte[] emptyPages() throws IOException {
    byte[] known = emptyPages;
    if (known == null) {
      Path template = directory.resolve(EMPTY);
      Files.deleteIfExists(template);
      SegmentWriter.open(template, JournalConfig.MIN_SEGMENT_BYTES).close();
      known = Files.readAllBytes(template);
      emptyPages = known;
      Files.delete(template);
    }
    return known;
  }

  public void delete(int number) {
    try {
      Files.deleteIfExists(path(number));
      syncDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes what a crash left behind: files that are not among {@code known}. */
  public void deleteOthers(List<SegmentRecord> known) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        boolean ours = name.equals(EMPTY) || name.matches("\\d{8}\\.mdb");
        if (ours && known.stream().noneMatch(record -> path(record.file()).equals(file))) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Size of a file, or -1 if it is not there. */
  public long size(int number) {
    try {
      return Files.exists(path(number)) ? Files.size(path(number)) : -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

package dev.leat.broker.journal;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Runs in a process of its own: damages copies of a journal, one seed after the other, opens them,
 * reads all, appends, seals. Prints one line per seed; ends with status 0 if no wrong byte was
 * read.
 */
public final class CorruptionChild {
  static final GroupId GROUP = GroupId.of(1, 3);
  static final int PARTITIONS = 5;
  static final int ENTRIES = 400;

  private final Path original;
  private final Path copy;
  private final Random random;
  private final List<String> log = new ArrayList<>();

  private CorruptionChild(Path original, Path copy, long seed) {
    this.original = original;
    this.copy = copy;
    this.random = new Random(seed);
  }

  /** Arguments: directory of the sound journal, first seed, number of seeds. */
  public static void main(String[] args) throws IOException {
    Path original = Path.of(args[0]);
    long first = Long.parseLong(args[1]);
    int wrong = 0;
    for (long seed = first; seed < first + Long.parseLong(args[2]); seed++) {
      Path copy = original.resolveSibling("copy-" + seed);
      // Said before anything is tried: if the process dies, this seed did it.
      System.out.print("seed " + seed + ": ");
      System.out.flush();
      CorruptionChild child = new CorruptionChild(original, copy, seed);
      try {
        child.run();
      } catch (AssertionError e) {
        wrong++;
        child.log.add("WRONG " + e.getMessage());
      }
      System.out.println(String.join(", ", child.log));
      delete(copy);
    }
    System.exit(wrong == 0 ? 0 : 3);
  }

  /** The entry number i of the sound journal; all that is read is compared with it. */
  static Entry entry(int i) {
    int size = new Random(i).nextInt(3) == 0 ? 20_000 : 10 + i % 1500;
    return TestBatches.entry(
        TestBatches.header(GROUP, i + 1, i % PARTITIONS, i / PARTITIONS, 1), size, i);
  }

  private void run() throws IOException {
    copy(original, copy);
    String where = damage();
    log.add(where);
    boolean found = verify();
    boolean refused = false;
    try (JournalFixture fixture = JournalFixture.open(copy)) {
      refused = readAll(fixture) || !fixture.recovery.damage().isEmpty();
      appendAndSeal(fixture);
    } catch (JournalException e) {
      refused = true;
      log.add("not opened: " + e.getMessage());
    }
    if (refused && !found) {
      throw new AssertionError("verify found nothing, but the broker did");
    }
  }

  /** Flips a few bits, or overwrites or cuts off a part; returns where. */
  private String damage() throws IOException {
    List<Path> files;
    int smallest = random.nextInt(5) == 0 ? 0 : 8 * 4096;
    try (Stream<Path> all = Files.walk(copy)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(CorruptionChild::isData)
              .filter(file -> used(file) >= smallest)
              .sorted()
              .toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      int pages = Math.max(1, used(file) / 4096);
      int kind = random.nextInt(10);
      long page = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextInt(pages);
      if (kind == 0) {
        byte[] garbage = new byte[4096];
        random.nextBytes(garbage);
        bytes.seek(page * 4096);
        bytes.write(garbage);
      } else if (kind == 1) {
        bytes.setLength(page * 4096 + random.nextInt(4096));
      } else {
        // Headers, pointers and the nodes at a page's end are the likeliest to do harm.
        int at = random.nextBoolean() ? random.nextInt(64) : random.nextInt(4096);
        flip(bytes, page * 4096 + at);
      }
      return copy.relativize(file) + " kind " + kind + " page " + page;
    }
  }

  private static boolean isData(Path file) {
    return !file.getFileName().toString().equals("lock");
  }

  /** Bytes up to the last one that is not zero. */
  private static int used(Path file) {
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int end = all.length;
    while (end > 0 && all[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private void flip(RandomAccessFile bytes, long at) throws IOException {
    if (at < bytes.length()) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1 << random.nextInt(8));
    }
  }

  private boolean verify() throws IOException {
    try {
      VerifyReport report = JournalVerifier.verify(copy, (done, total) -> {});
      log.add(report.findings().size() + " findings");
      return !report.sound();
    } catch (JournalException e) {
      log.add("verify: " + e.getMessage());
      return true;
    }
  }

  /** Reads every partition and the log; whether anything was refused or missing. */
  private boolean readAll(JournalFixture fixture) {
    boolean refused = false;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      int offset = 0;
      while (offset < ENTRIES / PARTITIONS) {
        try (Journal.Slice slice =
            fixture.journal.readBatches(GROUP, partition, offset, ENTRIES, 50_000)) {
          if (slice == null) {
            refused = true;
            break;
          }
          offset = compare(slice, partition, offset);
        } catch (CorruptEntryException e) {
          refused = true;
          offset++;
        }
      }
    }
    log.add(refused ? "refused some" : "read all");
    return readLog(fixture) || refused;
  }

  private static int compare(Journal.Slice slice, int partition, int offset) {
    int next = offset;
    for (ByteBuffer batches : slice.batches()) {
      for (int at = 0; at < batches.limit(); ) {
        int length = BatchFormat.sizeBytes(batches, at);
        ByteBuffer wanted = entry(next * PARTITIONS + partition).body().getFirst();
        if (!batches.slice(at, length).equals(wanted)) {
          throw new AssertionError("wrong bytes at " + partition + "/" + next);
        }
        next++;
        at += length;
      }
    }
    if (slice.nextOffset() != next) {
      throw new AssertionError("next offset " + slice.nextOffset() + ", not " + next);
    }
    return next;
  }

  private static boolean readLog(JournalFixture fixture) {
    boolean refused = false;
    for (int seq = 1; seq <= ENTRIES; seq++) {
      try (Journal.LogSlice slice = fixture.journal.readLog(GROUP, seq, seq, 1)) {
        if (slice == null) {
          refused = true;
        } else if (!slice.entries().getFirst().equals(entry(seq - 1))) {
          throw new AssertionError("wrong entry at seq " + seq);
        }
      } catch (CorruptEntryException e) {
        refused = true;
      }
    }
    return refused;
  }

  /** Appends until a segment is full, and seals it: also a damaged one must let that happen. */
  private void appendAndSeal(JournalFixture fixture) {
    GroupId other = GroupId.of(1, 4);
    for (int i = 0; i < 30; i++) {
      fixture.append(TestBatches.entry(TestBatches.header(other, i + 1, 0, i, 1), 200_000, i));
    }
    fixture.write();
    List<ByteBuffer> read = fixture.read(other, 0, 0, 30, 1 << 20);
    if (read.size() != 30) {
      throw new AssertionError("only " + read.size() + " new entries are there");
    }
    fixture.full.putAll(fixture.recovery.unsealed());
    Map<Long, Boolean> order = new HashMap<>();
    fixture.full.keySet().forEach(segment -> order.put(segment, true));
    for (long segment : order.keySet().stream().sorted().toList()) {
      fixture.journal.seal(segment, new Checkpoint(Map.of()));
      fixture.awaitSealed(segment);
    }
    readAll(fixture);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}

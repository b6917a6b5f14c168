package dev.leat.broker.journal;

import static dev.leat.broker.journal.TestBatches.entry;
import static dev.leat.broker.journal.TestBatches.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.journal.segment.SegmentWriter;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * A directory as an earlier build has written it: this one reads it, and writes the same. {@code
 * -Dgolden.write=true} writes it anew; only before its format is released.
 */
class FormatGoldenTest {
  private static final GroupId GROUP = GroupId.of(1, 7);
  private static final int FILLERS = 100;
  private static final int FILLER_BYTES = 60_000;
  private static final String GOLDEN = "journal-v1.zip";

  @TempDir Path directory;

  @Test
  void shouldReadWhatAnEarlierBuildHasWritten() throws IOException {
    golden();

    assertThat(JournalVerifier.verify(directory, (done, total) -> {}).findings()).isEmpty();
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThat(fixture.read(GROUP, 3, 0, 15, 1 << 20))
          .containsExactly(only(first()), only(second()));
      List<Entry> log = log(fixture);
      assertThat(log.stream().map(Entry::header)).isEqualTo(headers());
      assertThat(fixture.journal.segments().stream().filter(s -> s.sealed())).isNotEmpty();
    }
  }

  @Test
  void shouldWriteWhatEarlierBuildsRead() throws IOException {
    Path golden = Files.createDirectory(directory.resolve("golden"));
    unzip(golden);
    Path now = Files.createDirectory(directory.resolve("now"));
    write(now);

    assertThat(dump(now)).isEqualTo(dump(golden));
  }

  private static Entry first() {
    return entry(header(GROUP, 1, 3, 0, 10), 100, 1);
  }

  private static Entry second() {
    return entry(header(GROUP, 2, 3, 10, 5), 5_000, 2);
  }

  /** Fills the first segment, and compresses well. */
  private static Entry filler(long seq) {
    return new Entry(
        EntryHeader.plain(GROUP, seq, 1, EntryKind.TOPIC),
        List.of(ByteBuffer.allocate(FILLER_BYTES)));
  }

  private static List<EntryHeader> headers() {
    List<EntryHeader> headers = new ArrayList<>(List.of(first().header(), second().header()));
    for (int i = 0; i < FILLERS; i++) {
      headers.add(filler(3 + i).header());
    }
    return headers;
  }

  private static ByteBuffer only(Entry entry) {
    return entry.body().getFirst();
  }

  private static List<Entry> log(JournalFixture fixture) {
    List<Entry> log = new ArrayList<>();
    long end = 2 + FILLERS;
    while (log.size() < end) {
      try (Journal.LogSlice slice =
          Objects.requireNonNull(
              fixture.journal.readLog(GROUP, log.size() + 1L, end, FILLER_BYTES))) {
        log.addAll(slice.entries());
      }
    }
    return log;
  }

  private static void write(Path into) {
    JournalHost host =
        new JournalHost(
            task -> Thread.ofPlatform().daemon().unstarted(task),
            System::nanoTime,
            () -> new UUID(3, 4));
    try (JournalFixture fixture =
        JournalFixture.open(JournalConfig.of(into, JournalConfig.MIN_SEGMENT_BYTES), host)) {
      fixture.write(first(), second());
      for (int i = 0; i < FILLERS; i++) {
        fixture.write(filler(3 + i));
      }
      fixture.await("a full segment", () -> !fixture.full.isEmpty());
      fixture.sealAll();
    }
  }

  /** All keys, and values or their checksums, of all segments that have entries. */
  private static List<String> dump(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(directory.resolve("segments"))) {
      try (Env<ByteBuffer> env =
          Env.create()
              .setMapSize(1L << 30)
              .setMaxDbs(2)
              .open(
                  file.toFile(),
                  EnvFlags.MDB_NOSUBDIR,
                  EnvFlags.MDB_NOLOCK,
                  EnvFlags.MDB_RDONLY_ENV)) {
        // No line for the file: how many spares lie ready depends on timing.
        dump(env, SegmentWriter.ENTRIES, lines);
        dump(env, SegmentWriter.INDEX, lines);
      }
    }
    return lines;
  }

  private static void dump(Env<ByteBuffer> env, String tree, List<String> lines) {
    if (!env.getDbiNames().stream()
        .map(name -> new String(name, StandardCharsets.US_ASCII))
        .toList()
        .contains(tree)) {
      return;
    }
    Dbi<ByteBuffer> dbi = env.openDbi(tree);
    try (Txn<ByteBuffer> txn = env.txnRead();
        var cursor = dbi.iterate(txn)) {
      cursor.forEach(
          found -> lines.add(tree + " " + hex(found.key()) + " " + valueOf(found.val())));
    }
  }

  private static String valueOf(ByteBuffer value) {
    if (value.remaining() <= 2_000) {
      return hex(value);
    }
    CRC32C crc = new CRC32C();
    int size = value.remaining();
    crc.update(value);
    return size + " bytes, CRC " + Long.toHexString(crc.getValue());
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  private void golden() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      Path source = Files.createDirectory(directory.resolve("written"));
      write(source);
      zip(source, Path.of("src/test/resources/dev/leat/broker/journal", GOLDEN));
    }
    unzip(directory);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void zip(Path source, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path path : files(source)) {
        zip.putNextEntry(new ZipEntry(source.relativize(path).toString()));
        Files.copy(path, zip);
      }
    }
  }

  private static void unzip(Path into) throws IOException {
    try (InputStream in = FormatGoldenTest.class.getResourceAsStream(GOLDEN);
        ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(in, GOLDEN))) {
      for (ZipEntry next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
        Path target = into.resolve(next.getName());
        Files.createDirectories(target.getParent());
        Files.copy(zip, target);
      }
    }
  }
}

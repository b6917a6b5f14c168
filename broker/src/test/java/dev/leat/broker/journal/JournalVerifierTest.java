package dev.leat.broker.journal;

import static dev.leat.broker.journal.TestBatches.entry;
import static dev.leat.broker.journal.TestBatches.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.log.GroupId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalVerifierTest {
  private static final GroupId GROUP = GroupId.of(1, 7);

  @TempDir Path directory;

  @Test
  void shouldFindNothingWrongWithASoundJournal() throws IOException {
    write(200);

    VerifyReport report = verify();

    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(200);
    assertThat(report.segments()).isBetween(2L, 5L);
    assertThat(report.groups()).isEqualTo(1);
    assertThat(report.partitions()).isEqualTo(4);
  }

  @Test
  void shouldRefuseTheDirectoryOfARunningBroker() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      fixture.write(entry(header(GROUP, 1, 0, 0, 1), 10, 1));

      assertThatThrownBy(this::verify).hasMessageContaining("is in use by process");
    }
  }

  @Test
  void shouldFindADamagedRecord() throws IOException {
    write(10);
    Path segment = directory.resolve("segments/00000001.mdb");
    flip(segment, Files.size(segment) / 8);

    VerifyReport report = verify();

    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().getFirst().file()).isEqualTo("segments/00000001.mdb");
    assertThat(report.findings().getFirst().position()).isBetween(0L, 9L);
    assertThat(report.findings().getFirst().what())
        .startsWith("checksum of the record batch at offset");
  }

  @Test
  void shouldFindADamagedCopyOfTheCatalog() throws IOException {
    write(1);
    flip(directory.resolve("catalog.b"), 30);

    assertThat(verify().findings())
        .singleElement()
        .satisfies(found -> assertThat(found.file()).isEqualTo("catalog.b"));
  }

  private void write(int entries) {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      for (int i = 0; i < entries; i++) {
        fixture.append(entry(header(GROUP, i + 1, i % 4, i / 4, 1), 60_000, i));
      }
      fixture.write();
      fixture.sealAll();
    }
  }

  private VerifyReport verify() throws IOException {
    return JournalVerifier.verify(directory, (done, total) -> {});
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 0x10);
    }
  }
}

package dev.leat.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.PeerTable;
import dev.leat.broker.log.disk.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreDiskTest {
  private static final UUID CLUSTER = new UUID(1, 2);

  @TempDir Path directory;

  private LmdbJournal open(String volume) {
    LmdbJournal journal =
        LmdbJournal.open(
            JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES),
            new StoreIdentity(CLUSTER, 0, volume),
            JournalFixture.host());
    journal.recover();
    return journal;
  }

  private static Verdict.Welcome meet(BrokerDisk disk, int broker) {
    Hello self = new Hello(disk.identity(), FormatRange.CURRENT, 1);
    DiskIdentity peer =
        new DiskIdentity(CLUSTER, broker, new UUID(5, broker), "there", 1, 77, List.of());
    return (Verdict.Welcome)
        disk.peers().judge(self, new Hello(peer, FormatRange.CURRENT, 1), null);
  }

  @Test
  void shouldCountStartsDurably() {
    DiskIdentity first;
    try (LmdbJournal journal = open(null)) {
      first = journal.disk().identity();
    }

    try (LmdbJournal journal = open(null)) {
      DiskIdentity second = journal.disk().identity();

      assertThat(second.starts()).isEqualTo(first.starts() + 1);
      assertThat(second.nonce()).isNotEqualTo(first.nonce());
      assertThat(second.diskId()).isEqualTo(first.diskId());
      assertThat(second.volume()).isEqualTo(first.volume()).isNotEmpty();
      assertThat(journal.disk().doubt()).isEmpty();
    }
  }

  @Test
  void shouldKeepWhatItKnowsOfPeers() {
    PeerTable known;
    try (LmdbJournal journal = open(null)) {
      known = meet(journal.disk(), 1).table();
      journal.disk().keep(known);
    }

    try (LmdbJournal journal = open(null)) {
      assertThat(journal.disk().peers()).isEqualTo(known);
    }
  }

  @Test
  void shouldDoubtAnotherVolume() {
    UUID before;
    try (LmdbJournal journal = open("pvc-1")) {
      before = journal.disk().identity().diskId();
      journal.disk().keep(meet(journal.disk(), 1).table());
    }
    try (LmdbJournal journal = open("pvc-2")) {
      assertThat(journal.disk().doubt()).contains(Withdrawal.DISK_EXCHANGED);
    }

    // Not settled: the doubt stays, on whatever volume.
    try (LmdbJournal journal = open("pvc-2")) {
      assertThat(journal.disk().doubt()).contains(Withdrawal.DISK_EXCHANGED);
      DiskIdentity settled = journal.disk().settle();
      assertThat(settled.diskId()).isNotEqualTo(before);
    }
    try (LmdbJournal journal = open("pvc-2")) {
      assertThat(journal.disk().doubt()).isEmpty();
    }
  }

  @Test
  void shouldLetADirectoryMoveThatNeverHadPeers() {
    open("pvc-1").close();

    try (LmdbJournal journal = open("pvc-2")) {
      assertThat(journal.disk().doubt()).isEmpty();
      assertThat(journal.disk().identity().volume()).isEqualTo("pvc-2");
    }
  }

  @Test
  void shouldNotDoubtAVolumeThatNobodyCanNameNow() {
    try (LmdbJournal journal = open(null)) {
      journal.disk().keep(meet(journal.disk(), 1).table());
    }
    open("").close();
    open("pvc-1").close();

    try (LmdbJournal journal = open("")) {
      assertThat(journal.disk().doubt()).isEmpty();
      assertThat(journal.disk().identity().volume()).isEqualTo("pvc-1");
    }
    try (LmdbJournal journal = open("pvc-2")) {
      assertThat(journal.disk().doubt()).contains(Withdrawal.DISK_EXCHANGED);
    }
  }

  @Test
  void shouldMarkARestoredDirectory() {
    open(null).close();

    LmdbJournal.markRestored(directory, true);

    try (LmdbJournal journal = open(null)) {
      assertThat(journal.disk().doubt()).contains(Withdrawal.DISK_RESTORED);
      assertThat(journal.disk().lossAccepted()).isTrue();
      journal.disk().settle();
      assertThat(journal.disk().lossAccepted()).isFalse();
    }
  }

  @Test
  void shouldMarkNeitherAnEmptyNorAUsedDirectory() throws Exception {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> LmdbJournal.markRestored(empty, false))
        .hasMessageContaining("holds no journal");

    try (LmdbJournal journal = open(null)) {
      assertThat(journal.disk().doubt()).isEmpty();
      assertThatThrownBy(() -> LmdbJournal.markRestored(directory, false))
          .hasMessageContaining("in use");
    }
  }

  @Test
  void shouldDoubtWhenASegmentIsLost() throws Exception {
    open(null).close();
    try (var files = Files.list(directory.resolve("segments"))) {
      Files.delete(files.sorted().findFirst().orElseThrow());
    }

    try (LmdbJournal journal = open(null)) {
      assertThat(journal.disk().doubt()).contains(Withdrawal.DAMAGED);
      journal.disk().settle();
    }
    // It stays lost, and that has been answered for.
    try (LmdbJournal journal = open(null)) {
      assertThat(journal.disk().doubt()).isEmpty();
    }
  }
}

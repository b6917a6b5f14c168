package dev.leat.broker.journal;

import dev.leat.broker.journal.JournalException.Reason;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.store.Catalog;
import dev.leat.broker.journal.store.CatalogState;
import dev.leat.broker.journal.store.CheckpointFile;
import dev.leat.broker.journal.store.DirectoryLock;
import dev.leat.broker.journal.store.StoreDisk;
import dev.leat.broker.journal.store.TwinFile;
import dev.leat.broker.journal.verify.Findings;
import dev.leat.broker.journal.verify.SegmentVerifier;
import dev.leat.broker.log.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks every byte of a journal's directory that means something: pages, keys, bodies, batches,
 * the order of positions, seqs, epochs and offsets, indexes and summaries against the entries. Only
 * reads, and does so in Java: damage of any kind is a finding and never a crash.
 */
public final class JournalVerifier {
  private JournalVerifier() {}

  /** Is told how far it is. */
  public interface Progress {
    /**
     * A segment has been checked.
     *
     * @param done segments checked so far
     * @param total segments in all
     */
    void segment(int done, int total);
  }

  /**
   * Verifies a directory, or a copy of one, also a read-only one.
   *
   * @throws JournalException if a broker has it open, a newer release wrote it, or its catalog is
   *     lost
   * @throws IOException if it cannot be read, or is no journal
   */
  public static VerifyReport verify(Path directory, Progress progress) throws IOException {
    String holder = DirectoryLock.holder(directory);
    if (holder != null) {
      throw new JournalException(
          Reason.LOCKED,
          directory + " is in use by process " + holder + ": stop that broker, or verify a copy");
    }
    CatalogState catalog = Catalog.read(new TwinFile(directory, Catalog.NAME), directory);
    Findings findings = new Findings();
    for (String pair : List.of(Catalog.NAME, CheckpointFile.NAME, StoreDisk.PEERS)) {
      for (String name : new TwinFile(directory, pair).damaged()) {
        findings.add(name, Damage.NO_POSITION, "is damaged or missing; its twin counts");
      }
    }
    List<SegmentRecord> live = catalog.inOrder().stream().filter(SegmentRecord::isLive).toList();
    SegmentVerifier verifier = new SegmentVerifier(directory, catalog, findings);
    for (int i = 0; i < live.size(); i++) {
      verifier.verify(live.get(i));
      progress.segment(i + 1, live.size());
    }
    verifier.finish();
    return verifier.report(live.size());
  }
}

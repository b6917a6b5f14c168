package dev.leat.broker.journal;

import dev.leat.broker.log.Damage;
import java.util.List;

/**
 * What {@link JournalVerifier} found.
 *
 * @param findings what is wrong; at most {@link #MAX_FINDINGS}
 * @param moreFindings how many more there were
 * @param segments segments that were checked
 * @param entries entries in them
 * @param bytes bytes of their bodies
 * @param groups groups that have entries
 * @param partitions partitions that have entries
 */
public record VerifyReport(
    List<Damage> findings,
    long moreFindings,
    long segments,
    long entries,
    long bytes,
    int groups,
    int partitions) {
  /** Findings that are kept: nobody reads more. */
  public static final int MAX_FINDINGS = 1_000;

  /** Copies the list. */
  public VerifyReport {
    findings = List.copyOf(findings);
  }

  /** Whether nothing is wrong. */
  public boolean sound() {
    return findings.isEmpty();
  }
}

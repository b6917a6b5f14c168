package dev.leat.broker.journal.verify;

import dev.leat.broker.journal.VerifyReport;
import dev.leat.broker.log.Damage;
import java.util.ArrayList;
import java.util.List;

/** Collects what a verification finds, up to a limit. */
public final class Findings {
  private final List<Damage> kept = new ArrayList<>();
  private long count;

  public void add(String file, long position, String what) {
    add(new Damage(file, position, what));
  }

  public void add(Damage damage) {
    count++;
    if (kept.size() < VerifyReport.MAX_FINDINGS) {
      kept.add(damage);
    }
  }

  public List<Damage> kept() {
    return kept;
  }

  /** All findings, the ones that were not kept too. */
  public long count() {
    return count;
  }
}

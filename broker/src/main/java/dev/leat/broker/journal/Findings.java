package dev.leat.broker.journal;

import dev.leat.broker.log.Damage;
import java.util.ArrayList;
import java.util.List;

/** Collects what a verification finds, up to a limit. */
final class Findings {
  private final List<Damage> kept = new ArrayList<>();
  private long count;

  void add(String file, long position, String what) {
    add(new Damage(file, position, what));
  }

  void add(Damage damage) {
    count++;
    if (kept.size() < VerifyReport.MAX_FINDINGS) {
      kept.add(damage);
    }
  }

  List<Damage> kept() {
    return kept;
  }

  /** All findings, the ones that were not kept too. */
  long count() {
    return count;
  }
}

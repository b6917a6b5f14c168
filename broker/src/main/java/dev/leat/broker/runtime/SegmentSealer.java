package dev.leat.broker.runtime;

import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Seals full segments, oldest first, as soon as all their entries are committed. The checkpoint
 * that goes into a sealed segment holds each group's committed state of now, so recovery needs
 * nothing older. Used on the core loop only.
 */
final class SegmentSealer {
  private final Journal journal;
  private final Map<GroupId, GroupRunner> groups;
  private final TreeMap<Long, Map<GroupId, Long>> full = new TreeMap<>();

  SegmentSealer(Journal journal, Map<GroupId, GroupRunner> groups) {
    this.journal = journal;
    this.groups = groups;
  }

  /** A segment is full; it holds up to these seqs. */
  void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    full.put(segmentId, lastSeqs);
    sealCommitted();
  }

  /** Seals what can be sealed by now. */
  void sealCommitted() {
    while (!full.isEmpty() && isCommitted(full.firstEntry().getValue())) {
      long segment = full.pollFirstEntry().getKey();
      journal.seal(segment, checkpoint());
    }
  }

  private boolean isCommitted(Map<GroupId, Long> lastSeqs) {
    return lastSeqs.entrySet().stream()
        .allMatch(
            last -> {
              GroupRunner group = groups.get(last.getKey());
              return group == null || group.machine().coveredSeq() >= last.getValue();
            });
  }

  private Checkpoint checkpoint() {
    Map<GroupId, ByteBuffer> states = new HashMap<>();
    groups.forEach(
        (id, group) -> group.machine().checkpoint().ifPresent(state -> states.put(id, state)));
    return new Checkpoint(states);
  }
}

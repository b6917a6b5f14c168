package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a journal found when it was opened.
 *
 * @param checkpoints encoded state of each group from the newest sealed segment
 * @param tail feeds all entries of unsealed segments, in order of append, to the visitor: batches
 *     without their body. An entry whose seq is at or below an earlier one's of its group replaces
 *     that one and all after it.
 * @param unsealed full segments that are not sealed yet, with the last seq of each group in them:
 *     as {@link JournalListener#onFull} said before the restart
 * @param damage what below the durable end is damaged or lost; the tail leaves it out, so seqs and
 *     offsets have gaps there. Where nobody can tell whose entries were lost, all groups of the
 *     disk are in doubt: {@link dev.leat.broker.log.disk.BrokerDisk#doubt}
 */
public record Recovery(
    Map<GroupId, ByteBuffer> checkpoints,
    Consumer<Visitor> tail,
    Map<Long, Map<GroupId, Long>> unsealed,
    List<Damage> damage) {

  /** Is told what the tail holds. */
  @FunctionalInterface
  public interface Visitor {
    /** The next entry. */
    void entry(Entry entry);

    /**
     * The body of the next entry is damaged.
     *
     * @param what one line
     */
    default void lost(EntryHeader header, String what) {}
  }
}

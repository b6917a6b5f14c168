package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a journal found when it was opened.
 *
 * @param checkpoints encoded state of each group from the newest sealed segment
 * @param tail feeds all entries of unsealed segments, in order of append, to the consumer: batches
 *     without their body. An entry whose seq is at or below an earlier one's of its group replaces
 *     that one and all after it.
 * @param unsealed full segments that are not sealed yet, with the last seq of each group in them:
 *     as {@link JournalListener#onFull} said before the restart
 * @param damage entries below the durable end that are lost; the tail leaves them out, so seqs and
 *     offsets have gaps there
 */
public record Recovery(
    Map<GroupId, ByteBuffer> checkpoints,
    Consumer<Consumer<Entry>> tail,
    Map<Long, Map<GroupId, Long>> unsealed,
    List<Damage> damage) {}

package dev.leat.client.fake;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.batch.BatchValidator.Origin;
import dev.leat.api.batch.RecordReader;
import dev.leat.v1.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One partition in memory, with a real broker's rules for sequence numbers. All brokers of a fake
 * cluster share it, as if replication took no time.
 */
public final class FakeLog {

  private static final int REMEMBERED = 5;

  private final BatchValidator validator = new BatchValidator(Origin.PRODUCER, 1 << 24);
  private final List<ByteBuffer> batches = new ArrayList<>();
  private final Map<Long, List<long[]>> producers = new HashMap<>();
  private long logStart;
  private long end;
  private int duplicates;

  /** What became of an append: an offset or an error. */
  public record Appended(long baseOffset, ErrorCode error) {}

  /** Appends one batch. */
  public synchronized Appended append(ByteBuffer batch) {
    if (!(validator.check(batch) instanceof BatchCheck.Valid)) {
      return new Appended(-1, ErrorCode.ERROR_CODE_CORRUPT_BATCH);
    }
    long producer = BatchFormat.producerId(batch, 0);
    int first = BatchFormat.baseSequence(batch, 0);
    int count = BatchFormat.count(batch, 0);
    List<long[]> known = producers.get(producer);
    if (known == null) {
      if (first != 0) {
        return new Appended(-1, ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER);
      }
      known = new ArrayList<>();
      producers.put(producer, known);
    }
    for (long[] before : known) {
      if (before[0] == first && before[1] == count) {
        duplicates++;
        return new Appended(before[2], ErrorCode.ERROR_CODE_UNSPECIFIED);
      }
    }
    long[] last = known.isEmpty() ? new long[] {0, 0, 0} : known.getLast();
    if (first != BatchFormat.nextSequence((int) last[0], (int) last[1])) {
      return new Appended(-1, ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
    }
    known.add(new long[] {first, count, end});
    if (known.size() > REMEMBERED) {
      known.removeFirst();
    }
    BatchFormat.patchBaseOffset(batch, 0, end);
    batches.add(batch);
    end += count;
    notifyAll();
    return new Appended(end - count, ErrorCode.ERROR_CODE_UNSPECIFIED);
  }

  /** Forgets all producers, as after a long idle time. */
  public synchronized void forgetProducers() {
    producers.clear();
  }

  /** Deletes what lies below an offset. */
  public synchronized void deleteBelow(long offset) {
    logStart = offset;
  }

  /** First offset that is stored. */
  public synchronized long logStart() {
    return logStart;
  }

  /** High watermark. */
  public synchronized long end() {
    return end;
  }

  /** How many batches came twice. */
  public synchronized int duplicates() {
    return duplicates;
  }

  /** Different producer ids that have appended. */
  public synchronized int producerIds() {
    return producers.size();
  }

  /** Stored batches that hold offsets from one on. */
  public synchronized List<ByteBuffer> from(long offset) {
    List<ByteBuffer> found = new ArrayList<>();
    for (ByteBuffer batch : batches) {
      if (BatchFormat.lastOffset(batch, 0) >= offset) {
        found.add(batch.duplicate());
      }
    }
    return found;
  }

  /** Damages a stored byte. */
  public synchronized void flip(int batch, int at) {
    ByteBuffer bytes = batches.get(batch);
    bytes.put(at, (byte) ~bytes.get(at));
  }

  /** Values of all records, as text, in order. */
  public synchronized List<String> values() {
    List<String> values = new ArrayList<>();
    for (ByteBuffer batch : batches) {
      RecordReader reader = RecordReader.of(batch, 0);
      while (reader.next()) {
        values.add(new String(reader.copyValue(), StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  /** Number of stored batches. */
  public synchronized int batchCount() {
    return batches.size();
  }
}

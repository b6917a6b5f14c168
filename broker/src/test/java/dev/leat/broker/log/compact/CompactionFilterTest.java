package dev.leat.broker.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.batch.RecordReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Compaction of random partitions, over and over, does what an obviously right twin does. */
class CompactionFilterTest {
  private static final long DELETE_RETENTION_MS = 1_000;

  @Test
  void shouldKeepWhatTheTwinKeeps() {
    for (long seed = 1; seed <= 300; seed++) {
      try {
        new Round(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void shouldKeepTombstonesAsLongAsAskedForAfterTheyWereFirstSeen() {
    LogOfBatches log = new LogOfBatches(new Random(1));
    log.append(List.of("a=1", "b=1"));
    log.append(List.of("a"));
    log.append(List.of("c=1"));

    log.compact(0, 10_000);
    List<String> first = log.records();
    log.compact(0, 10_000 + DELETE_RETENTION_MS);
    List<String> atHorizon = log.records();
    log.compact(0, 10_001 + DELETE_RETENTION_MS);

    assertThat(first).containsExactly("1 b=1", "2 a", "3 c=1");
    assertThat(atHorizon).isEqualTo(first);
    assertThat(log.records()).containsExactly("1 b=1", "3 c=1");
  }

  @Test
  void shouldLeaveTheLastBatchSoThatReadersReachTheEnd() {
    LogOfBatches log = new LogOfBatches(new Random(1));
    log.append(List.of("a=1"));
    log.append(List.of("a"));
    log.compact(0, 10_000);

    log.compact(0, 99_999);

    assertThat(log.records()).isEmpty();
    assertThat(log.batches()).hasSize(1);
    assertThat(BatchFormat.lastOffset(log.batches().getFirst(), 0)).isEqualTo(1);
  }

  /** One random partition. */
  private static final class Round {
    private final Random random;
    private final LogOfBatches log;
    private final Twin twin = new Twin();
    private long nowMs = 1_000_000;
    private long dirtyFrom;

    Round(long seed) {
      random = new Random(seed);
      log = new LogOfBatches(random);
    }

    void run() {
      for (int step = 0; step < 30; step++) {
        if (random.nextInt(3) > 0) {
          append();
        } else {
          compact();
        }
      }
    }

    private void append() {
      switch (random.nextInt(6)) {
        case 0 -> {
          long producer = random.nextInt(3);
          List<String> records = someRecords();
          if (!log.isOpen(producer)) {
            twin.append(log.end(), records, producer);
            log.appendTransactional(producer, records);
          }
        }
        case 1 -> {
          long producer = random.nextInt(3);
          if (log.isOpen(producer)) {
            boolean commit = random.nextBoolean();
            twin.end(log.end(), producer, commit);
            log.end(producer, commit);
          }
        }
        default -> {
          List<String> records = someRecords();
          twin.append(log.end(), records, -1);
          log.append(records);
        }
      }
    }

    private List<String> someRecords() {
      List<String> records = new ArrayList<>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        String key = "k" + random.nextInt(8);
        records.add(random.nextInt(4) == 0 ? key : key + "=" + random.nextInt(1000));
      }
      return records;
    }

    private void compact() {
      nowMs += random.nextInt(1_500);
      // Memory for a few keys only: one pass does not get to the end.
      int maxKeys = random.nextBoolean() ? 1 : 1_000;
      long mapEnd = log.compact(maxKeys == 1 ? dirtyFrom : 0, nowMs, maxKeys);
      twin.compact(maxKeys == 1 ? dirtyFrom : 0, mapEnd, nowMs);
      dirtyFrom = mapEnd;

      assertThat(log.records()).isEqualTo(twin.records());
      log.checkSound();
    }
  }

  /** What compaction should do, record by record. */
  private static final class Twin {
    private final TreeMap<Long, Item> items = new TreeMap<>();

    private static final class Item {
      final String record;
      final long batch;
      final long producer;
      boolean aborted;
      boolean open;

      Item(String record, long batch, long producer) {
        this.record = record;
        this.batch = batch;
        this.producer = producer;
        this.open = producer >= 0;
      }

      String key() {
        return record.split("=", 2)[0];
      }

      boolean isTombstone() {
        return !record.contains("=");
      }
    }

    private final Map<Long, Long> horizons = new HashMap<>();

    void append(long base, List<String> records, long producer) {
      for (int i = 0; i < records.size(); i++) {
        items.put(base + i, new Item(records.get(i), base, producer));
      }
    }

    void end(long offset, long producer, boolean commit) {
      for (Item item : items.headMap(offset).values()) {
        if (item.producer == producer && item.open) {
          item.open = false;
          item.aborted = !commit;
        }
      }
    }

    void compact(long dirtyFrom, long mapEnd, long nowMs) {
      Map<String, Long> last = new HashMap<>();
      items
          .subMap(dirtyFrom, mapEnd)
          .forEach(
              (offset, item) -> {
                if (!item.aborted) {
                  last.put(item.key(), offset);
                }
              });
      Set<Long> stamped = new HashSet<>();
      items
          .headMap(mapEnd)
          .entrySet()
          .removeIf(
              entry -> {
                Item item = entry.getValue();
                Long horizon = horizons.get(item.batch);
                boolean expired = horizon != null && nowMs > horizon;
                boolean gone =
                    item.aborted
                        || last.getOrDefault(item.key(), -1L) > entry.getKey()
                        || item.isTombstone() && expired;
                if (!gone && item.isTombstone() && horizon == null) {
                  stamped.add(item.batch);
                }
                return gone;
              });
      stamped.forEach(batch -> horizons.put(batch, nowMs + DELETE_RETENTION_MS));
    }

    List<String> records() {
      List<String> all = new ArrayList<>();
      items.forEach((offset, item) -> all.add(offset + " " + item.record));
      return all;
    }
  }

  /** A partition of real batches. */
  static final class LogOfBatches {
    private final TestRecords records;
    private final Map<Long, Long> open = new HashMap<>();
    private final List<long[]> aborted = new ArrayList<>();
    private List<ByteBuffer> batches = new ArrayList<>();
    private long end;

    LogOfBatches(Random random) {
      this.records = new TestRecords(random);
    }

    long end() {
      return end;
    }

    List<ByteBuffer> batches() {
      return batches;
    }

    boolean isOpen(long producer) {
      return open.containsKey(producer);
    }

    /** Offset from which on transactions are not decided. */
    long stable() {
      return open.values().stream().mapToLong(Long::longValue).min().orElse(end);
    }

    void append(List<String> values) {
      add(records.batch(end, values, -1), values.size());
    }

    void appendTransactional(long producer, List<String> values) {
      open.put(producer, end);
      add(records.batch(end, values, producer), values.size());
    }

    void end(long producer, boolean commit) {
      long first = Objects.requireNonNull(open.remove(producer));
      if (!commit) {
        aborted.add(new long[] {producer, first, end});
      }
      add(records.marker(end, producer, commit), 1);
    }

    private void add(ByteBuffer batch, int count) {
      batches.add(batch);
      end += count;
    }

    private final class Known implements Transactions {
      @Override
      public long lastStableOffset() {
        return stable();
      }

      @Override
      public boolean isAborted(long producerId, long offset) {
        return aborted.stream()
            .anyMatch(a -> a[0] == producerId && a[1] <= offset && offset <= a[2]);
      }
    }

    void compact(long dirtyFrom, long nowMs) {
      compact(dirtyFrom, nowMs, 1_000);
    }

    /** Returns up to where keys were known. */
    long compact(long dirtyFrom, long nowMs, int maxKeys) {
      List<ByteBuffer> range = new ArrayList<>();
      for (ByteBuffer batch : batches) {
        if (BatchFormat.lastOffset(batch, 0) < stable()) {
          range.add(batch);
        }
      }
      if (range.isEmpty()) {
        return dirtyFrom;
      }
      Transactions transactions = new Known();
      KeyMap keys = new KeyMap(maxKeys, maxKeys == 1 ? 1 : Integer.MAX_VALUE);
      KeyCollector collector = new KeyCollector(keys, transactions, dirtyFrom);
      for (ByteBuffer batch : range) {
        if (!collector.add(batch)) {
          break;
        }
      }
      CompactionFilter filter =
          new CompactionFilter(
              keys,
              transactions,
              new CompactionFilter.Limits(
                  collector.end(), BatchFormat.lastOffset(range.getLast(), 0), DELETE_RETENTION_MS),
              nowMs);
      List<ByteBuffer> kept = new ArrayList<>();
      range.forEach(batch -> kept.addAll(filter.keep(batch)));
      kept.addAll(batches.subList(range.size(), batches.size()));
      batches = kept;
      return collector.end();
    }

    /** Data, each with its offset. */
    List<String> records() {
      List<String> all = new ArrayList<>();
      for (ByteBuffer batch : batches) {
        RecordReader reader = RecordReader.of(batch, 0);
        while (!BatchFormat.isControl(batch, 0) && reader.next()) {
          String text = reader.offset() + " " + text(reader.copyKey());
          assertThat(reader.timestamp()).isEqualTo(TestRecords.timestamp(reader.offset()));
          all.add(reader.valueBytes() < 0 ? text : text + "=" + text(reader.copyValue()));
        }
      }
      return all;
    }

    private static String text(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Every batch is one that a broker would take, in order, and every transaction has its end. */
    void checkSound() {
      long next = 0;
      BatchValidator validator = new BatchValidator(BatchValidator.Origin.LOG, 1 << 20);
      Map<Long, Boolean> undecided = new HashMap<>();
      for (ByteBuffer batch : batches) {
        assertThat(validator.check(batch)).isInstanceOf(BatchCheck.Valid.class);
        assertThat(validator.checkRecords(batch, 0, 1 << 20)).isInstanceOf(BatchCheck.Valid.class);
        assertThat(BatchFormat.baseOffset(batch, 0)).isGreaterThanOrEqualTo(next);
        next = BatchFormat.lastOffset(batch, 0) + 1;
        long producer = BatchFormat.producerId(batch, 0);
        if (BatchFormat.isControl(batch, 0)) {
          undecided.remove(producer);
        } else if (BatchFormat.isTransactional(batch, 0) && BatchFormat.count(batch, 0) > 0) {
          undecided.put(producer, true);
        }
      }
      assertThat(next).isEqualTo(end);
      assertThat(undecided.keySet()).isSubsetOf(open.keySet());
    }
  }
}

package dev.leat.broker.journal;

import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.Kind;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Appends as fast as it can, seals, moves and releases, until it is killed. Says on its output what
 * is durable ({@code D seq}) and, before it does so, what it releases ({@code R seq}).
 */
public final class CrashChild implements JournalListener {
  static final GroupId GROUP = GroupId.of(1, 9);
  static final int PARTITIONS = 7;
  static final GroupId STATE = GroupId.of(1, 10);
  private static final int IN_FLIGHT = 8;
  private static final int KEPT_SEGMENTS = 3;

  private record Full(long segment, long lastSeq) {}

  private final LmdbJournal journal;
  private final Random random;
  private final Semaphore room = new Semaphore(IN_FLIGHT);
  private final Queue<Full> full = new ConcurrentLinkedQueue<>();
  private final List<Full> sealed = new ArrayList<>();
  private long next;
  private long acked;
  private final long movesSeed;
  private volatile long released;

  private CrashChild(Path directory, long seed) {
    this.random = new Random(seed);
    this.movesSeed = seed;
    this.journal =
        LmdbJournal.open(config(directory), JournalFixture.IDENTITY, JournalFixture.host());
  }

  /** Arguments: directory, seed, number of the first entry to append. */
  public static void main(String[] args) throws InterruptedException {
    new CrashChild(Path.of(args[0]), Long.parseLong(args[1])).run(Long.parseLong(args[2]));
  }

  static JournalConfig config(Path directory) {
    return JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES).withSegmentEntries(2_000);
  }

  /** The entry number i, from 0: every life of the process makes the same. */
  static Entry entry(long i) {
    Random sizes = new Random(i);
    int size = sizes.nextInt(20) == 0 ? sizes.nextInt(60_000) : sizes.nextInt(1_500);
    return TestBatches.entry(
        TestBatches.header(GROUP, i + 1, (int) (i % PARTITIONS), i / PARTITIONS, 1), size, i);
  }

  private void run(long first) throws InterruptedException {
    next = first;
    acked = first;
    journal.recover().unsealed().forEach(this::onFull);
    journal.start(this);
    Thread.ofPlatform().daemon().start(this::move);
    while (true) {
      List<Entry> entries = new ArrayList<>();
      for (int left = 1 + random.nextInt(20); left > 0; left--) {
        entries.add(entry(next++));
      }
      room.acquire();
      journal.append(entries, next);
      keepHouse();
    }
  }

  private void keepHouse() {
    for (Full oldest = full.poll(); oldest != null; oldest = full.poll()) {
      ByteBuffer state = ByteBuffer.allocate(8).putLong(oldest.lastSeq).flip();
      journal.seal(oldest.segment, new Checkpoint(Map.of(STATE, state)));
      sealed.add(oldest);
    }
    if (sealed.size() > KEPT_SEGMENTS) {
      Full oldest = sealed.removeFirst();
      say("R " + oldest.lastSeq);
      released = oldest.lastSeq;
      journal.release(oldest.segment);
      for (SegmentSummary segment : journal.segments()) {
        if (segment.kind() == Kind.MOVED && segment.partitions().stream().allMatch(this::isDead)) {
          journal.release(segment.id());
        }
      }
    }
  }

  private boolean isDead(PartitionPart part) {
    return part.lastOffset() * PARTITIONS + part.partition() < released;
  }

  /** Moves parts of some partitions, all the time, and sometimes thinks better of it. */
  private void move() {
    Random choice = new Random(movesSeed);
    while (true) {
      Map<Integer, List<PartitionPart>> parts = new TreeMap<>();
      for (SegmentSummary segment : journal.segments()) {
        if (segment.sealed()) {
          for (PartitionPart part : segment.partitions()) {
            parts.computeIfAbsent(part.partition(), p -> new ArrayList<>()).add(part);
          }
        }
      }
      try (Journal.Move move = journal.move()) {
        for (List<PartitionPart> of : parts.values()) {
          of.sort(Comparator.comparingLong(PartitionPart::firstOffset));
          int from = choice.nextInt(of.size());
          int to = from + 1 + choice.nextInt(fitting(of, from));
          if (choice.nextBoolean()) {
            move.copy(range(of.subList(from, to)), BatchFilter.EVERYTHING);
          }
        }
        if (choice.nextInt(8) > 0) {
          move.finish();
        }
      } catch (RuntimeException e) {
        onFailure(e);
      }
    }
  }

  /** As those who plan moves do: what is moved together fits into one segment. */
  private static int fitting(List<PartitionPart> parts, int from) {
    long bytes = parts.get(from).sizeBytes();
    int to = from + 1;
    while (to < parts.size()
        && bytes + parts.get(to).sizeBytes() <= JournalConfig.MIN_SEGMENT_BYTES) {
      bytes += parts.get(to++).sizeBytes();
    }
    return to - from;
  }

  private static MovedRange range(List<PartitionPart> parts) {
    PartitionPart first = parts.getFirst();
    return new MovedRange(
        GROUP,
        first.partition(),
        first.firstOffset(),
        parts.getLast().lastOffset(),
        0,
        0,
        parts.stream().mapToLong(PartitionPart::sizeBytes).sum());
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  @Override
  public void onDurable(long upTo) {
    say("D " + upTo);
    room.release();
    acked = upTo;
  }

  @Override
  public void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    full.add(new Full(segmentId, lastSeqs.getOrDefault(GROUP, 0L)));
  }

  @Override
  public void onSpace(JournalSpace space) {}

  @Override
  public void onFailure(Exception cause) {
    cause.printStackTrace();
    Runtime.getRuntime().halt(9);
  }
}

package dev.leat.broker.journal;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures a journal alone, and the disk beside it: {@code JournalBenchmark DIR MODE}, where mode
 * is {@code disk}, {@code latency}, or {@code PARTITIONSxBYTES} (of one entry) with the MiB to
 * write.
 */
public final class JournalBenchmark implements JournalListener {
  private static final int IN_FLIGHT = 4;

  private static final int GROUPS = 64;

  private final LmdbJournal journal;
  private final Semaphore room = new Semaphore(IN_FLIGHT);
  private final Queue<Long> full = new ConcurrentLinkedQueue<>();
  private final long[] seqs = new long[GROUPS];

  /** Bodies of appends, by number of the append modulo more than are in flight. */
  private final ByteBuffer[][] bodies;

  private long ticket;
  private long durable;
  private volatile Exception failure;

  private JournalBenchmark(Path directory, int partitions, int bytes, long segmentBytes) {
    bodies = new ByteBuffer[IN_FLIGHT + 1][partitions];
    for (ByteBuffer[] slot : bodies) {
      for (int i = 0; i < partitions; i++) {
        slot[i] = TestBatches.batch(0, 1, 1, bytes - BatchFormat.HEADER_BYTES, i);
      }
    }
    journal =
        LmdbJournal.open(
            JournalConfig.of(directory, segmentBytes),
            new StoreIdentity(new UUID(0, 1), 0),
            new JournalHost(
                task -> Thread.ofPlatform().daemon().unstarted(task),
                System::nanoTime,
                UUID::randomUUID));
    journal.recover().tail().accept(entry -> {});
    journal.start(this);
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "journal-");
    try {
      switch (args[1]) {
        case "disk" -> disk(directory);
        case "latency" -> latency(directory);
        case "open" -> open(directory);
        default -> throughput(directory, args);
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  /** 1 MiB blocks of an existing file, overwritten with fdatasync each. */
  private static void disk(Path directory) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int round = 0; round < 3; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < 1024; i++) {
          file.write(block.clear(), (long) i << 20);
          if (round > 0) {
            file.force(false);
          }
        }
        file.force(false);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "disk, %s: %.0f MB/s%n", round == 0 ? "fresh" : "overwrite", 1024 * 1.048576 / seconds);
      }
    }
  }

  private static void latency(Path directory) throws Exception {
    JournalBenchmark bench = new JournalBenchmark(directory, 1, 200, 64 << 20);
    long[] nanos = new long[5000];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      bench.append();
      bench.awaitAll();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "one small append at a time: p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
        nanos[2500] / 1e6, nanos[4950] / 1e6, nanos[4999] / 1e6);
    bench.journal.close();
  }

  private static void throughput(Path directory, String[] args) throws Exception {
    int partitions = Integer.parseInt(args[1].split("x")[0]);
    int bytes = Integer.parseInt(args[1].split("x")[1]);
    long total = Long.parseLong(args[2]) << 20;
    long segmentBytes = (args.length > 3 ? Long.parseLong(args[3]) : 64) << 20;
    JournalBenchmark bench = new JournalBenchmark(directory, partitions, bytes, segmentBytes);
    for (int round = 0; round < 5; round++) {
      bench.run(total, round);
    }
    System.out.println(memory("after load"));
    for (int i = 0; i < Integer.getInteger("pause", 0); i++) {
      LockSupport.parkNanos(1_000_000_000);
    }
    System.out.println(memory("30 s later"));
    bench.journal.close();
  }

  private static String memory(String when) throws IOException {
    return when
        + ": "
        + Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("Rss"))
            .map(line -> line.replaceAll("\\s+", " "))
            .toList();
  }

  private static void open(Path directory) throws IOException {
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      JournalBenchmark bench = new JournalBenchmark(directory, 1, 200, 64 << 20);
      System.out.printf("open: %.1f ms%n", (System.nanoTime() - start) / 1e6);
      System.out.println(memory("open"));
      bench.journal.close();
    }
  }

  private void run(long total, int round) throws Exception {
    long start = System.nanoTime();
    long allocated = allocated();
    long cpu = cpu();
    long perAppend = (long) bodies[0].length * bodies[0][0].remaining();
    long appends = total / perAppend;
    for (int i = 0; i < appends; i++) {
      append();
      recycleFull();
    }
    awaitAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (cpu() - cpu) / 1e9;
    System.out.printf(
        "%d x %d, round %d: %.0f MB/s, %.0f entries/s, %.0f appends/s, %.0f B allocated/entry,"
            + " %.2f CPU s/GB%n",
        bodies[0].length,
        bodies[0][0].remaining(),
        round,
        appends * perAppend / 1e6 / seconds,
        appends * bodies[0].length / seconds,
        appends / seconds,
        (double) (allocated() - allocated) / appends / bodies[0].length,
        cpuSeconds / (appends * perAppend / 1e9));
  }

  /** CPU time of the process, ns. */
  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Bytes allocated by all threads. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getTotalThreadAllocatedBytes();
  }

  /** Appends one batch to each partition. */
  private void append() throws InterruptedException {
    room.acquire();
    ByteBuffer[] slot = bodies[(int) (ticket % bodies.length)];
    List<Entry> entries = new ArrayList<>(slot.length);
    for (int i = 0; i < slot.length; i++) {
      slot[i].putLong(0, ticket);
      long seq = ++seqs[i % GROUPS];
      EntryHeader header =
          new EntryHeader(
              GroupId.of(1, i % GROUPS), seq, 1, EntryKind.BATCHES, i, ticket, 0, 0, List.of());
      entries.add(new Entry(header, List.of(slot[i])));
    }
    ticket++;
    journal.append(entries, ticket);
  }

  private void awaitAll() throws Exception {
    room.acquire(IN_FLIGHT);
    room.release(IN_FLIGHT);
    if (failure != null) {
      throw failure;
    }
  }

  /** Seals and releases what is full, so that the next segments are recycled ones. */
  private void recycleFull() {
    for (Long segment = full.poll(); segment != null; segment = full.poll()) {
      journal.seal(segment, new Checkpoint(Map.of()));
      journal.release(segment);
    }
  }

  @Override
  public void onDurable(long upTo) {
    room.release((int) (upTo - durable));
    durable = upTo;
  }

  @Override
  public void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    full.add(segmentId);
  }

  @Override
  public void onSpace(JournalSpace space) {}

  @Override
  public void onFailure(Exception cause) {
    failure = cause;
    room.release(IN_FLIGHT);
  }
}

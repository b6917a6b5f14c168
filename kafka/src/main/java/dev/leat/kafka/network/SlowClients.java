package dev.leat.kafka.network;

import dev.leat.broker.runtime.thread.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Bytes that clients make a listener hold for as long as they please: requests that have begun to
 * arrive, responses that are being taken. Nobody else ever waits for these bytes. If they are more
 * than the limit, the client goes that has made no progress for longest, unless that is so short
 * that it may keep up, or it waits for the broker; if they are several times the limit, it goes in
 * any case.
 *
 * <p>So whoever keeps up is not hurt by those who do not, however many they are.
 */
final class SlowClients {
  /** Who makes progress within this time keeps up. */
  static final long PATIENCE_MS = 200;

  /** This many times the limit is the end of patience. */
  static final int MAX_OVERDRAFT = 3;

  private final long limitBytes;
  private final Clock clock;
  private final LongConsumer report;

  /** The one that has made no progress for longest comes first. */
  private final LinkedHashMap<Client, Holding> holdings = new LinkedHashMap<>();

  private long totalBytes;

  /**
   * Of one listener.
   *
   * @param limitBytes what all may hold together
   * @param report hears of every change of what they hold
   */
  SlowClients(long limitBytes, Clock clock, LongConsumer report) {
    this.limitBytes = limitBytes;
    this.clock = clock;
    this.report = report;
  }

  /** One of them. */
  interface Client {
    /** Ends its connection, soon; any thread. What it holds is not counted any more. */
    void letGo();
  }

  private static final class Holding {
    private long bytes;
    private long sinceNanos;
    private boolean excused;
  }

  /** It holds so many bytes more: that counts as progress, too. */
  void hold(Client client, long bytes) {
    List<Client> victims;
    synchronized (this) {
      Holding known = holdings.remove(client);
      Holding holding = known == null ? new Holding() : known;
      holding.sinceNanos = clock.monotonicNanos();
      holding.bytes += bytes;
      holdings.put(client, holding);
      totalBytes += bytes;
      victims = totalBytes > limitBytes ? takeVictims() : List.of();
    }
    report.accept(bytes);
    victims.forEach(Client::letGo);
  }

  private List<Client> takeVictims() {
    List<Client> victims = new ArrayList<>();
    long latest = clock.monotonicNanos() - TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    takeVictims(victims, limitBytes, holding -> !holding.excused && holding.sinceNanos <= latest);
    takeVictims(victims, MAX_OVERDRAFT * limitBytes, holding -> true);
    return victims;
  }

  private void takeVictims(List<Client> victims, long downToBytes, Predicate<Holding> which) {
    var oldest = holdings.entrySet().iterator();
    while (totalBytes > downToBytes && oldest.hasNext()) {
      Map.Entry<Client, Holding> next = oldest.next();
      if (which.test(next.getValue())) {
        oldest.remove();
        totalBytes -= next.getValue().bytes;
        report.accept(-next.getValue().bytes);
        victims.add(next.getKey());
      }
    }
  }

  /** Whether it waits for the broker, not the other way round. */
  synchronized void excuse(Client client, boolean excused) {
    Holding holding = holdings.remove(client);
    if (holding != null) {
      holding.excused = excused;
      holding.sinceNanos = clock.monotonicNanos();
      holdings.put(client, holding);
    }
  }

  /** It has made progress, and so holds that many bytes less. */
  void progress(Client client, long bytes) {
    long freed;
    synchronized (this) {
      Holding holding = holdings.remove(client);
      if (holding == null) {
        // It was let go meanwhile.
        return;
      }
      freed = Math.min(bytes, holding.bytes);
      totalBytes -= freed;
      holding.bytes -= freed;
      if (holding.bytes > 0) {
        holding.sinceNanos = clock.monotonicNanos();
        holdings.put(client, holding);
      }
    }
    report.accept(-freed);
  }

  /** It is gone, with all that it holds. */
  void leave(Client client) {
    long freed;
    synchronized (this) {
      Holding holding = holdings.remove(client);
      freed = holding == null ? 0 : holding.bytes;
      totalBytes -= freed;
    }
    if (freed > 0) {
      report.accept(-freed);
    }
  }

  /** What all hold together. */
  synchronized long totalBytes() {
    return totalBytes;
  }

  /** Lets the one go that has made no progress for longest. */
  void letOneGo() {
    Client victim;
    long freed;
    synchronized (this) {
      Map.Entry<Client, Holding> first = holdings.pollFirstEntry();
      if (first == null) {
        return;
      }
      victim = first.getKey();
      freed = first.getValue().bytes;
      totalBytes -= freed;
    }
    report.accept(-freed);
    victim.letGo();
  }
}

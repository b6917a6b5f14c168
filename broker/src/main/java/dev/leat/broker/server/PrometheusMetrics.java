package dev.leat.broker.server;

import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.BrokerMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The broker's metrics, each explained in docs/METRICS.md. Their number does not depend on the
 * number of partitions.
 */
final class PrometheusMetrics implements BrokerMetrics, AutoCloseable {
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Counter producedRecords =
      counter("leat.produce.records", "Records that were acknowledged to producers");
  private final Counter producedBytes =
      counter("leat.produce.bytes", "Bytes of batches that were acknowledged to producers");
  private final Counter fetchedBytes =
      counter("leat.fetch.bytes", "Bytes of batches that were handed to consumers");
  private final Counter followerFetchedBytes =
      counter(
          "leat.fetch.follower.bytes", "Bytes of these that came from replicas that only follow");
  private final Timer produceLatency =
      timer("leat.produce.latency", "From the arrival of a produce request to its response");
  private final Timer coreRound = timer("leat.core.round", "Time of one round of the core loop");
  private final Counter evacuatedSegments =
      counter("leat.evacuation.segments", "Mostly dead segments that were emptied");
  private final Counter evacuatedBytes =
      counter("leat.evacuation.bytes", "Bytes of batches that were copied out of such segments");
  private final Counter compactionRuns =
      counter("leat.compaction.runs", "Runs of compaction, each over one or several partitions");
  private final Counter compactionReadBytes =
      counter("leat.compaction.read.bytes", "Bytes of batches that compaction has read");
  private final Counter compactionWrittenBytes =
      counter("leat.compaction.written.bytes", "Bytes of batches that compaction has kept");
  private final AtomicLong dirtyBytes = new AtomicLong();
  private final LongAdder coreEvents = new LongAdder();
  private final AtomicLong heldBytes = new AtomicLong();
  private final Counter peerSentBytes =
      counter("leat.peer.sent.bytes", "Bytes of records that were sent to other brokers");
  private final Counter peerResets =
      counter("leat.peer.resets", "Links to other brokers that ended");
  private final AtomicLong peerHeldBytes = new AtomicLong();
  private final Map<String, Counter> refused = new ConcurrentHashMap<>();
  private final Timer throttled =
      timer("leat.throttle", "Time for which clients over their quota had to be silent");
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong slowBytes = new AtomicLong();

  PrometheusMetrics() {
    gauge("leat.produce.held.bytes", "Bytes of produce requests held in memory", heldBytes::get);
    gauge("leat.connections", "Connections of clients and brokers", connections::get);
    gauge(
        "leat.slow.held.bytes",
        "Bytes of requests that arrive, and responses that leave, slowly",
        slowBytes::get);
    gauge("leat.compaction.dirty.bytes", "Bytes that wait to be compacted", dirtyBytes::get);
    gauge(
        "leat.peer.held.bytes",
        "Bytes of records from other brokers that are not on disk yet",
        peerHeldBytes::get);
    gauge(
        "leat.core.events",
        "Events that the core loop has handled since the start",
        coreEvents::sum);
    // From the start: a rate needs the 0 before the first one.
    List.of("listener", "address").forEach(this::connectionsRefused);
    List.of("idle", "slow", "malformed", "unanswered").forEach(this::connectionsClosed);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** Registers a number that is read when somebody asks. */
  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** All metrics in Prometheus' text format. */
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void produced(int records, long bytes, long nanos) {
    producedRecords.increment(records);
    producedBytes.increment(bytes);
    produceLatency.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void refused(String error) {
    refused.computeIfAbsent(error, this::refusedCounter).increment();
  }

  @Override
  public void fetched(long bytes) {
    fetchedBytes.increment(bytes);
  }

  @Override
  public void fetchedFromFollower(long bytes) {
    followerFetchedBytes.increment(bytes);
  }

  @Override
  public void coreRound(int events, long nanos) {
    coreEvents.add(events);
    coreRound.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void produceBytesHeld(long bytes) {
    heldBytes.set(bytes);
  }

  @Override
  public void peerSent(long bytes) {
    peerSentBytes.increment(bytes);
  }

  @Override
  public void peerBytesHeld(long bytes) {
    peerHeldBytes.set(bytes);
  }

  @Override
  public void peerReset() {
    peerResets.increment();
  }

  @Override
  public void connections(int change) {
    connections.addAndGet(change);
  }

  @Override
  public void connectionRefused(String limit) {
    connectionsRefused(limit).increment();
  }

  private Counter connectionsRefused(String limit) {
    return counter(
        "leat.connections.refused", "Connections above a limit, by limit", "limit", limit);
  }

  @Override
  public void connectionClosed(String reason) {
    connectionsClosed(reason).increment();
  }

  private Counter connectionsClosed(String reason) {
    return counter(
        "leat.connections.closed", "Connections that were closed, by why", "reason", reason);
  }

  @Override
  public void throttled(long ms) {
    throttled.record(ms, TimeUnit.MILLISECONDS);
  }

  @Override
  public void slowBytesHeld(long change) {
    slowBytes.addAndGet(change);
  }

  @Override
  public void evacuated(int segments, Journal.Moved moved) {
    evacuatedSegments.increment(segments);
    evacuatedBytes.increment(moved.writtenBytes());
  }

  @Override
  public void compacted(Journal.Moved moved) {
    compactionRuns.increment();
    compactionReadBytes.increment(moved.readBytes());
    compactionWrittenBytes.increment(moved.writtenBytes());
  }

  @Override
  public void dirtyBytes(long bytes) {
    dirtyBytes.set(bytes);
  }

  private Counter refusedCounter(String error) {
    return Counter.builder("leat.produce.refused")
        .description("Parts of produce requests that were refused, by error")
        .tag("error", error)
        .register(registry);
  }

  /** The registry finds one that it has made before. */
  private Counter counter(String name, String description, String tag, String value) {
    return Counter.builder(name).description(description).tag(tag, value).register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}

package dev.leat.broker.control.coordination;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all parts of a broker's coordination share: who it is, the time, and the way out. */
final class Outbox {
  private final Hello self;
  private final Settings settings;
  private final RandomGenerator random;
  private final Set<CoordinationRule> dropped;
  private final Queue<CoordinationMessage> toSelf = new ArrayDeque<>();
  private List<CoordinationEffect> effects = new ArrayList<>();
  private Now now = new Now(0, 0);
  private long number;
  private long wakeAt = Long.MIN_VALUE;

  Outbox(Hello self, Settings settings, RandomGenerator random, Set<CoordinationRule> dropped) {
    this.self = self;
    this.settings = settings;
    this.random = random;
    this.dropped = dropped;
  }

  void begin(Now time) {
    now = time;
    effects = new ArrayList<>();
  }

  List<CoordinationEffect> end() {
    return effects;
  }

  boolean isDropped(CoordinationRule rule) {
    return dropped.contains(rule);
  }

  Hello self() {
    return self;
  }

  int me() {
    return self.broker();
  }

  Settings settings() {
    return settings;
  }

  Timing timing() {
    return settings.timing();
  }

  /** Monotonic ms. */
  long now() {
    return now.ms();
  }

  long wallMs() {
    return now.wallMs();
  }

  RandomGenerator random() {
    return random;
  }

  /** A random time up to {@code bound} ms. */
  long jitter(long bound) {
    return bound <= 0 ? 0 : random.nextLong(bound + 1);
  }

  /** A number for a request, call or token; never used before. */
  long nextNumber() {
    return ++number;
  }

  void emit(CoordinationEffect effect) {
    effects.add(effect);
  }

  /** To another broker, or to this one. */
  void send(int broker, CoordinationMessage message) {
    if (broker == me()) {
      toSelf.add(message);
    } else {
      effects.add(new CoordinationEffect.Send(broker, message));
    }
  }

  /** The next message to this broker, null if there is none. */
  @Nullable CoordinationMessage pollToSelf() {
    return toSelf.poll();
  }

  boolean hasToSelf() {
    return !toSelf.isEmpty();
  }

  void info(String format, Object... values) {
    emit(new CoordinationEffect.Say(CoordinationEffect.Level.INFO, format.formatted(values)));
  }

  void warn(String format, Object... values) {
    emit(new CoordinationEffect.Say(CoordinationEffect.Level.WARN, format.formatted(values)));
  }

  void resetWake() {
    wakeAt = Long.MAX_VALUE;
  }

  /** Asks for a tick. */
  void wakeAt(long ms) {
    wakeAt = Math.min(wakeAt, ms);
  }

  /** Whether a time has come; if not, asks for a tick then. */
  boolean isDue(long ms) {
    if (now.ms() >= ms) {
      return true;
    }
    wakeAt(ms);
    return false;
  }

  long wakeAt() {
    return wakeAt;
  }
}

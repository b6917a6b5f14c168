package dev.leat.kafka.quota;

import dev.leat.broker.runtime.thread.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What clients have used of their quotas: each has as much as it may use in a second, gets it back
 * with time, and may go below zero by one request, after which it must wait until that is made up.
 * Memory: the accounts that were used last, so many.
 */
final class Accounts {
  /** Clients choose their names: whoever takes a new one each time begins anew anyway. */
  private static final int MAX_ACCOUNTS = 10_000;

  private static final double NANOS_PER_S = TimeUnit.SECONDS.toNanos(1);

  private final Clock clock;
  private final Map<QuotaTable.Account, State> states = new LinkedHashMap<>(16, 0.75f, true);

  Accounts(Clock clock) {
    this.clock = clock;
  }

  private static final class State {
    private double left;
    private long atNanos;
  }

  /** Takes so much; returns the milliseconds after which it is made up, 0 if it was there. */
  synchronized int take(QuotaTable.Limit limit, double amount) {
    long now = clock.monotonicNanos();
    State state = states.get(limit.account());
    if (state == null) {
      state = new State();
      state.left = limit.perSecond();
      states.put(limit.account(), state);
      if (states.size() > MAX_ACCOUNTS) {
        states.remove(states.keySet().iterator().next());
      }
    } else {
      double back = (now - state.atNanos) / NANOS_PER_S * limit.perSecond();
      state.left = Math.min(limit.perSecond(), state.left + back);
    }
    state.atNanos = now;
    state.left -= amount;
    double waitMs = Math.ceil(-state.left / limit.perSecond() * TimeUnit.SECONDS.toMillis(1));
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, waitMs));
  }
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.log.GroupId;
import dev.leat.crds.ClusterState;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The controller's copy of ClusterState, and its writes: by compare-and-set, all changes of one
 * event in one, beside what is done and never before it. What the store has lost, or what was
 * edited or restored there, is noticed by the audit and written again.
 */
final class StateKeeper {
  private static final long CALL_TIMEOUT_MS = 2_000;
  private static final long MIN_PAUSE_MS = 100;
  private static final long MAX_PAUSE_MS = 5_000;

  /** A write waits for leaders that are being looked for, but not longer. */
  private static final long MAX_HOLD_MS = 500;

  private final Outbox out;
  private final Consumer<ClusterState.Status> adopt;
  private @Nullable ClusterState stored;
  private ClusterState.@Nullable Status sent;
  private boolean fresh;
  private boolean everRead;
  private long call;
  private long sentMs;
  private long nextMs;
  private long auditMs;
  private int failures;
  private ClusterState.@Nullable Status wanted;
  private long wantedSinceMs;
  private long changedMs;

  /**
   * A keeper that has read nothing yet.
   *
   * @param adopt hears what the store has, whenever it was read
   */
  StateKeeper(Outbox out, Consumer<ClusterState.Status> adopt) {
    this.out = out;
    this.adopt = adopt;
  }

  /** Whether it was ever read: until then nobody knows which groups there are. */
  boolean isRead() {
    return everRead;
  }

  /** Whether the store is known to have what it should. */
  boolean isSettled() {
    return fresh && call == 0 && wanted != null && wanted.equals(stored());
  }

  /** What the store has, as far as is known; null: nothing. */
  ClusterState.@Nullable Status stored() {
    return stored == null ? null : stored.status();
  }

  /** Whether the store has this group, of this history, in this phase. */
  boolean hasStored(GroupId group, Intents.Intent intent) {
    ClusterState.Status status = stored();
    return status != null
        && status.groups().stream()
            .anyMatch(
                row ->
                    row.id() == group.value()
                        && row.phase() == intent.phase()
                        && row.history().equals(Intents.text(intent.history())));
  }

  /**
   * Writes if need be.
   *
   * @param desired what the store should have
   * @param unsettled whether more of the same event is about to come
   */
  void run(ClusterState.Status desired, boolean unsettled) {
    if (call != 0 && out.isDue(sentMs + CALL_TIMEOUT_MS)) {
      call = 0;
      failed(0);
    }
    if (!desired.equals(wanted)) {
      changedMs = out.now();
      wanted = desired;
    }
    if (call != 0 || !out.isDue(nextMs)) {
      return;
    }
    boolean audits = !out.isDropped(CoordinationRule.REPAIR);
    if (!fresh || (audits && out.isDue(auditMs))) {
      read();
    } else if (!desired.equals(stored())) {
      write(desired, unsettled);
    } else {
      wantedSinceMs = 0;
    }
  }

  private void read() {
    begin();
    out.emit(new CoordinationEffect.ReadState(call, out.settings().cluster()));
  }

  private void write(ClusterState.Status desired, boolean unsettled) {
    if (wantedSinceMs == 0) {
      wantedSinceMs = out.now();
    }
    boolean batching = !out.isDropped(CoordinationRule.BATCH);
    if (batching && unsettled && !out.isDue(wantedSinceMs + MAX_HOLD_MS)) {
      return;
    }
    if (batching && !out.isDue(changedMs + out.timing().batchWindow())) {
      return;
    }
    wantedSinceMs = 0;
    begin();
    sent = desired;
    ClusterState before = stored;
    out.emit(
        before == null
            ? new CoordinationEffect.CreateState(
                call, ClusterState.of(out.settings().cluster(), desired))
            : new CoordinationEffect.UpdateState(call, before.withStatus(desired)));
  }

  private void begin() {
    call = out.nextNumber();
    sentMs = out.now();
    out.wakeAt(sentMs + CALL_TIMEOUT_MS);
  }

  void onAnswer(CoordinationEvent.StateAnswered event) {
    if (event.call() != call) {
      return;
    }
    call = 0;
    switch (event.outcome()) {
      case StoreOutcome.Ok<ClusterState>(ClusterState state) -> know(Optional.of(state));
      case StoreOutcome.NotFound<ClusterState> missing -> know(Optional.empty());
      case StoreOutcome.Conflict<ClusterState> conflict -> fresh = false;
      case StoreOutcome.AlreadyExists<ClusterState> exists -> fresh = false;
      case StoreOutcome.Refused<ClusterState>(String reason) -> {
        out.warn("ClusterState cannot be written: %s", reason);
        failed(MAX_PAUSE_MS);
      }
      case StoreOutcome.Unreachable<ClusterState> unreachable ->
          failed(unreachable.retryAfter().toMillis());
    }
  }

  private void know(Optional<ClusterState> state) {
    boolean lost = stored != null && state.isEmpty();
    boolean edited = stored != null && state.filter(read -> !isOwn(read)).isPresent();
    stored = state.orElse(null);
    fresh = true;
    everRead = true;
    failures = 0;
    nextMs = 0;
    auditMs = out.now() + out.timing().audit();
    if (lost) {
      out.warn("ClusterState is gone: it is written anew from what the brokers say");
    } else if (edited) {
      out.warn(
          "ClusterState was changed by somebody else: what the brokers know better is written"
              + " again; edit the Cluster instead");
    }
    state.map(ClusterState::status).ifPresent(adopt);
  }

  /** Whether it is as this controller has read or written it; a write may have lost its answer. */
  private boolean isOwn(ClusterState read) {
    return read.status().equals(stored()) || read.status().equals(sent);
  }

  private void failed(long retryAfter) {
    fresh = false;
    failures++;
    long pause = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS << Math.min(failures, 10));
    nextMs = out.now() + Math.max(retryAfter, pause / 2 + out.jitter(pause / 2));
  }

  /** The watch says that it is another, or gone: a hint to look sooner. */
  void onHint(ClusterState state) {
    ClusterState known = stored;
    boolean same =
        known != null
            && known.metadata().resourceVersion().equals(state.metadata().resourceVersion());
    if (!same && call == 0) {
      auditMs = Math.min(auditMs, out.now() + out.timing().audit() / 10);
    }
  }
}

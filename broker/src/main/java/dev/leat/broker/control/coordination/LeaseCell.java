package dev.leat.broker.control.coordination;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Lease in the store: what was last seen of it, and the call under way. */
final class LeaseCell {
  private static final long CALL_TIMEOUT_MS = 1_000;

  private final Outbox out;
  private final ResourceName name;
  private @Nullable Lease seen;
  private boolean known;
  private long seenMs;
  private long call;
  private long sentMs;
  private boolean writing;

  /** What an answer means. */
  enum Answer {
    /** It was written. */
    WRITTEN,
    /** It was read, or found to be another one: read it again. */
    READ,
    /** Somebody else has written in between. */
    CONFLICT,
    /** Nobody knows. */
    NONE
  }

  LeaseCell(Outbox out, ResourceName name) {
    this.out = out;
    this.name = name;
  }

  ResourceName name() {
    return name;
  }

  /** Whether a call is under way; one without an answer ends by itself. */
  boolean isBusy() {
    if (call != 0 && out.isDue(sentMs + CALL_TIMEOUT_MS)) {
      call = 0;
      known = false;
    }
    return call != 0;
  }

  /** Whether it is known how the store has it. */
  boolean isKnown() {
    return known;
  }

  /** The Lease as last seen, null if there was none. */
  @Nullable Lease seen() {
    return seen;
  }

  /** For how long it has not changed, as far as was seen. */
  long unchangedMs() {
    return out.now() - seenMs;
  }

  /** When the last call was sent. */
  long sentMs() {
    return sentMs;
  }

  void read() {
    begin(false);
    out.emit(new CoordinationEffect.ReadLease(call, name));
  }

  /** Writes what it is to be, if it is still as it was last seen. */
  void write(String holder, long durationMs, boolean acquired, Map<String, String> annotations) {
    begin(true);
    Lease before = seen;
    Optional<Instant> now = Optional.of(Instant.ofEpochMilli(out.wallMs()));
    int transitions = before == null ? 0 : before.spec().leaseTransitions();
    Lease.Spec spec =
        new Lease.Spec(
            holder.isEmpty() ? Optional.empty() : Optional.of(holder),
            (int) (durationMs / 1_000),
            acquired || before == null ? now : before.spec().acquireTime(),
            now,
            acquired ? transitions + 1 : transitions);
    Lease lease = before == null ? Lease.of(name, spec) : before.withSpec(spec);
    Lease marked =
        annotations.isEmpty()
            ? lease
            : lease.withMetadata(lease.metadata().edit().annotations(annotations).build());
    out.emit(
        before == null
            ? new CoordinationEffect.CreateLease(call, marked)
            : new CoordinationEffect.UpdateLease(call, marked));
  }

  private void begin(boolean write) {
    call = out.nextNumber();
    sentMs = out.now();
    writing = write;
  }

  /** The store has answered; empty if that is not the call under way. */
  Optional<Answer> answered(CoordinationEvent.LeaseAnswered event) {
    if (event.call() != call) {
      return Optional.empty();
    }
    call = 0;
    return Optional.of(
        switch (event.outcome()) {
          case StoreOutcome.Ok<Lease>(Lease lease) -> {
            see(lease);
            yield writing ? Answer.WRITTEN : Answer.READ;
          }
          case StoreOutcome.NotFound<Lease> missing -> {
            see(null);
            yield writing ? Answer.CONFLICT : Answer.READ;
          }
          case StoreOutcome.Conflict<Lease> conflict -> unknown(Answer.CONFLICT);
          case StoreOutcome.AlreadyExists<Lease> exists -> unknown(Answer.CONFLICT);
          case StoreOutcome.Refused<Lease>(String reason) -> {
            out.warn("Lease %s cannot be written: %s", name, reason);
            yield unknown(Answer.NONE);
          }
          case StoreOutcome.Unreachable<Lease> unreachable -> unknown(Answer.NONE);
        });
  }

  private Answer unknown(Answer answer) {
    known = false;
    return answer;
  }

  private void see(@Nullable Lease lease) {
    boolean same =
        known
            && lease != null
            && seen != null
            && lease.metadata().resourceVersion().equals(seen.metadata().resourceVersion());
    if (!same) {
      seenMs = out.now();
    }
    seen = lease;
    known = true;
  }
}

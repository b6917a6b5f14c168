package dev.leat.broker.replication;

import dev.leat.broker.log.Replica;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a leader knows of one follower, learners included. */
final class Progress {
  final Replica replica;
  private long acked;
  private long next;
  private long probeFrom;
  private long ackedRound;
  private long rewoundRound;
  private long contactRound;
  private long sentMs;
  private long movedMs;
  private boolean probing = true;
  private boolean waiting;
  private long inFlightBytes;
  private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
  private long goalSeq;
  private long goalMs;
  private long caughtUpMs = Long.MIN_VALUE / 2;
  private boolean distrusted;
  private @Nullable Snapshot snapshot;

  private record Sent(long endSeq, long bytes) {}

  Progress(Replica replica, long next, long nowMs) {
    this.replica = replica;
    this.next = next;
    this.probeFrom = next;
    this.movedMs = nowMs;
    this.contactRound = nowMs << 20;
  }

  /** What it has on disk, as far as the leader may count on it. */
  long acked() {
    return distrusted ? 0 : acked;
  }

  /** DISK: what it has acked is not there any more; it does not count in this epoch again. */
  void distrust() {
    distrusted = true;
  }

  boolean isDistrusted() {
    return distrusted;
  }

  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  void setSnapshot(@Nullable Snapshot newest) {
    snapshot = newest;
  }

  long next() {
    return next;
  }

  /** Highest round that it has answered. */
  long contactRound() {
    return contactRound;
  }

  long sentMs() {
    return sentMs;
  }

  /** Whether more may be sent to it now. While probing, one message is under way at a time. */
  boolean isOpen(long maxInFlightBytes) {
    return snapshot == null && (probing ? !waiting : inFlightBytes < maxInFlightBytes);
  }

  void onSent(long endSeq, long bytes, long nowMs) {
    sentMs = nowMs;
    waiting = true;
    if (endSeq >= next) {
      inFlight.add(new Sent(endSeq, bytes));
      inFlightBytes += bytes;
      next = endSeq + 1;
    }
  }

  /** Nothing more is sent until it answers. */
  void awaitAck() {
    probing = true;
    waiting = true;
  }

  /** It has answered a message of this round. */
  void onContact(long round) {
    contactRound = Math.max(contactRound, round);
  }

  /**
   * It has acked.
   *
   * @param newestRound newest round that was sent to anybody
   * @return false if that is less than it had acked before, in answer to an earlier message: its
   *     disk has gone back
   */
  boolean onAcked(PeerMessage.Copied copied, long newestRound, long nowMs) {
    if (copied.acked() < acked) {
      return !isAfterAck(copied.round());
    }
    if (copied.acked() > acked || probing) {
      movedMs = nowMs;
    }
    if (copied.acked() > acked) {
      ackedRound = newestRound;
    }
    acked = copied.acked();
    if (snapshot != null && acked >= snapshot.baseSeq()) {
      snapshot = null;
    }
    next = Math.max(next, copied.compared() + 1);
    probing = false;
    waiting = false;
    while (!inFlight.isEmpty() && inFlight.peek().endSeq <= copied.compared()) {
      inFlightBytes -= inFlight.remove().bytes;
    }
    return true;
  }

  /** Whether a GoBack in answer to this round is news: the message was sent after the last one. */
  boolean isNews(long round) {
    return round > rewoundRound;
  }

  /**
   * Whether a message of this round was sent when its newest ack was known. Only then does an
   * answer with less mean that something is lost: others may have been overtaken by the ack.
   */
  boolean isAfterAck(long round) {
    return round > ackedRound;
  }

  /** Sends from {@code seq} on again. */
  void rewind(long seq, long round, long nowMs) {
    next = seq;
    probeFrom = seq;
    rewoundRound = round;
    movedMs = nowMs;
    probing = true;
    waiting = false;
    inFlight.clear();
    inFlightBytes = 0;
  }

  /** Where to begin again when nothing is heard: after its ack, or where it was sought last. */
  long restartAt() {
    return Math.max(acked + 1, probeFrom);
  }

  boolean isStuck(long lastSeq, long nowMs, long resendMs) {
    return snapshot == null
        && acked < lastSeq
        && (next > acked + 1 || waiting)
        && nowMs - movedMs >= resendMs;
  }

  /** Notes the end of the log, to see later when it was reached. */
  void onLogEnd(long lastSeq, long nowMs) {
    if (acked >= goalSeq) {
      // Before the first goal there is nothing that it could have reached.
      caughtUpMs = goalSeq > 0 ? goalMs : caughtUpMs;
      goalSeq = lastSeq;
      goalMs = nowMs;
    }
    if (acked >= lastSeq) {
      caughtUpMs = nowMs;
    }
  }

  /** It has everything that was in the log at that time. */
  long caughtUpMs() {
    return caughtUpMs;
  }
}

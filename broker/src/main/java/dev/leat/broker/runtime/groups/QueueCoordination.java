package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Hands out the records of queues, of the partitions that this broker leads: who has which record,
 * and what became of it. Port: the broker does not know who does it.
 *
 * <p>May be called from any thread; nothing blocks.
 */
public interface QueueCoordination {
  /** A broker without queues. */
  QueueCoordination NONE =
      new QueueCoordination() {
        @Override
        public CompletionStage<Answer<Handout>> acquire(Wish wish) {
          return CompletableFuture.completedStage(
              Answer.refused(
                  RequestError.Code.UNAVAILABLE,
                  "this broker has no queues: the module leat-kafka is missing"));
        }

        @Override
        public CompletionStage<Map<Slot, RequestError>> acknowledge(
            Member member, List<Verdict> verdicts) {
          return CompletableFuture.completedStage(Map.of());
        }

        @Override
        public void release(Member member, Collection<Slot> partitions) {}
      };

  /**
   * Locks records for a member; waits for some, for a bounded time.
   *
   * @return what was locked, maybe nothing
   */
  CompletionStage<Answer<Handout>> acquire(Wish wish);

  /**
   * Says what became of records.
   *
   * @return for each partition of which something was refused, the reason
   */
  CompletionStage<Map<Slot, RequestError>> acknowledge(Member member, List<Verdict> verdicts);

  /** Lets others have what is locked for a member in these partitions. */
  void release(Member member, Collection<Slot> partitions);

  /**
   * Who receives.
   *
   * @param group group of the queue
   * @param id its id
   */
  record Member(String group, String id) {}

  /**
   * What a member wants.
   *
   * @param member who
   * @param partitions of which partitions
   * @param fromStart where a group begins that is new to a partition: with its first record, or
   *     behind its last one
   * @param maxRecords so many records, at most
   */
  record Wish(Member member, List<Slot> partitions, boolean fromStart, int maxRecords) {
    /** Copies the list. */
    public Wish {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * What was handed out.
   *
   * @param pieces records, by partition
   * @param failed partitions that cannot be handed out here, with the reason
   * @param lockMs how long records are locked, ms
   */
  record Handout(List<Piece> pieces, Map<Slot, RequestError> failed, int lockMs) {}

  /**
   * Records of one partition.
   *
   * @param slot partition
   * @param batches complete batches, one after the other, some of whose records are locked; owned
   *     by the receiver
   * @param locked offsets that are locked, in order; not every one needs to be a record's
   */
  record Piece(Slot slot, ByteBuffer batches, List<Locked> locked) {}

  /**
   * Consecutive offsets that are locked.
   *
   * @param first first offset
   * @param last last offset
   * @param deliveries how often they have been handed out, this time included
   */
  record Locked(long first, long last, int deliveries) {}

  /**
   * What became of consecutive records.
   *
   * @param slot partition
   * @param first first offset
   * @param last last offset
   * @param kind what became of them
   */
  record Verdict(Slot slot, long first, long last, Kind kind) {
    /** What became of a record. */
    public enum Kind {
      /** There is no record that a client could see. */
      GAP,
      /** Dealt with. */
      ACCEPT,
      /** To be handed out again. */
      RELEASE,
      /** Not to be handed out any more. */
      REJECT,
      /** Locked for longer. */
      RENEW
    }
  }
}

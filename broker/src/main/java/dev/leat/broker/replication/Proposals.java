package dev.leat.broker.replication;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.PartitionChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a leader is asked to append: checks it, makes entries of it and answers when they are
 * committed. APPEND: only an ACTIVE leader has one.
 */
final class Proposals {
  /** Partitions in one topic entry; keeps its body well below an entry's size. */
  static final int MAX_CHANGES_PER_ENTRY = 2_000;

  /** Shortest record batch: the header of magic 2. */
  static final int MIN_BATCH_BYTES = 61;

  private final GroupCore core;
  private final int epoch;
  private final PendingPartitions partitions;
  private final Waiters waiters = new Waiters();
  private final List<PartitionTail> touched = new ArrayList<>();
  private final List<EntryBuilder> builders = new ArrayList<>();
  private final BiConsumer<Object, Outcome> replyWhenConfirmed;
  private long clockCheckedMs;

  /**
   * Nothing proposed yet.
   *
   * @param replyWhenConfirmed replies once it is sure that this replica leads
   */
  Proposals(GroupCore core, BiConsumer<Object, Outcome> replyWhenConfirmed) {
    this.core = core;
    this.replyWhenConfirmed = replyWhenConfirmed;
    this.epoch = core.log.promise().epoch();
    this.partitions = new PendingPartitions(core.log);
  }

  void onCommitted(Entry entry) {
    partitions.onCommitted(entry);
  }

  /** Answers who waited for this. */
  void answerUpTo(long seq) {
    waiters.onCommitted(core, seq);
  }

  void await(long seq, Object token, Outcome outcome) {
    waiters.add(seq, token, outcome);
  }

  void refuseAll(Outcome.Refused refused) {
    waiters.refuseAll(core, refused);
  }

  /** End of a partition, uncommitted records included; -1 if there is none. */
  long endOffset(int partition) {
    PartitionTail tail = partitions.find(partition);
    return tail == null ? -1 : tail.endOffset();
  }

  /** Appends parts; all of one partition share entries. */
  void append(List<AppendPart> parts) {
    if (core.space() instanceof JournalSpace.Full full) {
      Outcome.Refused refused = core.refused(Refusal.DISK_FULL, full.reason());
      parts.forEach(part -> core.reply(part.token(), refused));
      return;
    }
    keepClock(parts);
    for (AppendPart part : parts) {
      append(part);
    }
    for (EntryBuilder builder : builders) {
      core.log.append(builder.build(core.log.group()));
    }
    touched.forEach(tail -> tail.setOpen(null));
    touched.clear();
    builders.clear();
  }

  private void append(AppendPart part) {
    PartitionTail tail = partitions.find(part.partition());
    Outcome.@Nullable Refused refused = refusal(part, tail);
    if (refused != null || tail == null) {
      refuse(part, Objects.requireNonNull(refused));
      return;
    }
    Admission admission = core.isDropped(Rule.DEDUPLICATE) ? Admission.ALL_NEW : tail.admit(part);
    if (admission.refusal() != null) {
      refuse(part, core.refused(admission.refusal(), admission.detail()));
      return;
    }
    long offset = admission.duplicates() == 0 ? tail.endOffset() : admission.duplicateOffset();
    long seq = appendFrom(admission.duplicates(), part, tail);
    waiters.add(seq, part.token(), new Outcome.Appended(offset));
  }

  /** What a client gives up on must not come from a leader that has been replaced. */
  private void refuse(AppendPart part, Outcome.Refused refused) {
    if (refused.reason().isRetriable() || refused.reason() == Refusal.INVALID_REQUEST) {
      core.reply(part.token(), refused);
    } else {
      replyWhenConfirmed.accept(part.token(), refused);
    }
  }

  private Outcome.@Nullable Refused refusal(AppendPart part, @Nullable PartitionTail tail) {
    if (tail == null) {
      return core.refused(
          Refusal.UNKNOWN_PARTITION, "the group has no partition number " + part.partition());
    }
    if (core.log.pendingBytes() > core.options.maxPendingBytes()) {
      return core.refused(
          Refusal.THROTTLED,
          core.log.pendingBytes() + " bytes wait for a quorum of replicas; send again later");
    }
    String fault = faultIn(part);
    return fault == null ? null : core.refused(Refusal.INVALID_REQUEST, fault);
  }

  private static @Nullable String faultIn(AppendPart part) {
    if (part.infos().isEmpty()) {
      return "no batch in the part";
    }
    BatchInfo first = part.infos().getFirst();
    long size = 0;
    for (BatchInfo batch : part.infos()) {
      size += batch.sizeBytes();
      if (batch.sizeBytes() < MIN_BATCH_BYTES || batch.lastOffsetDelta() < 0) {
        return "a batch without records, or too short to be one";
      }
      if (batch.producerId() != first.producerId()
          || batch.producerEpoch() != first.producerEpoch()) {
        return "batches of several producers for one partition; send them one by one";
      }
    }
    return size == part.batches().remaining() ? null : "batch lengths do not add up";
  }

  /** Appends the batches from index {@code from} on; returns the seq to wait for. */
  private long appendFrom(int from, AppendPart part, PartitionTail tail) {
    ByteBuffer batches = part.batches();
    int at = batches.position();
    // A duplicate may still be pending: its entry is not after the newest one.
    long seq = core.log.lastSeq() + builders.size();
    for (int i = 0; i < part.infos().size(); i++) {
      BatchInfo batch = part.infos().get(i);
      if (i >= from) {
        EntryBuilder builder = builderFor(tail, batch);
        builder.add(batch, batches, at, tail.append(batch));
        seq = builder.seq();
      }
      at += batch.sizeBytes();
    }
    return seq;
  }

  private EntryBuilder builderFor(PartitionTail tail, BatchInfo batch) {
    EntryBuilder open = tail.open();
    if (open != null && open.hasRoomFor(batch, core.options.maxEntryBytes())) {
      return open;
    }
    EntryBuilder builder =
        new EntryBuilder(
            tail.info().number(),
            core.log.lastSeq() + builders.size() + 1,
            epoch,
            tail.endOffset());
    builders.add(builder);
    touched.add(tail);
    tail.setOpen(builder);
    return builder;
  }

  /** Before a producer's batch, the clock in the log must be about right. */
  private void keepClock(List<AppendPart> parts) {
    long wallClock = core.wallClockMs();
    if (wallClock - partitions.clockMs() > core.options.clockMs()) {
      for (AppendPart part : parts) {
        if (!part.infos().isEmpty() && part.infos().getFirst().hasProducer()) {
          appendClock(wallClock);
          return;
        }
      }
    }
  }

  /** Appends the clock when a producer is due to be forgotten. */
  void onTick() {
    long wallClock = core.wallClockMs();
    if (wallClock - clockCheckedMs < core.options.clockMs()) {
      return;
    }
    clockCheckedMs = wallClock;
    long oldest = core.log.state().oldestProducerMs();
    boolean due = oldest != Long.MAX_VALUE && oldest < wallClock - core.options.producerExpiryMs();
    if (due && partitions.clockMs() < wallClock - core.options.clockMs()) {
      appendClock(wallClock);
    }
  }

  private void appendClock(long wallClock) {
    partitions.setClockMs(wallClock);
    EntryBodies.Clock clock =
        new EntryBodies.Clock(wallClock, wallClock - core.options.producerExpiryMs());
    append(EntryKind.CLOCK, EntryBodies.clock(clock));
  }

  private void append(EntryKind kind, ByteBuffer body) {
    EntryHeader header = EntryHeader.plain(core.log.group(), core.log.lastSeq() + 1, epoch, kind);
    core.log.append(new Entry(header, List.of(EntryBodies.stamp(body, core.log.format()))));
  }

  void changePartitions(GroupEvent.ChangePartitions change) {
    List<PartitionChange> changes = new ArrayList<>();
    for (TopicPartition id : change.deleted()) {
      PartitionTail tail = partitions.find(id);
      if (tail != null) {
        changes.add(new PartitionChange(tail.info(), false));
        partitions.change(changes.getLast());
      }
    }
    List<Integer> numbers = new ArrayList<>(change.created().size());
    for (GroupEvent.NewPartition wanted : change.created()) {
      PartitionTail tail = partitions.find(wanted.id());
      if (tail != null) {
        numbers.add(tail.info().number());
        continue;
      }
      PartitionInfo info =
          new PartitionInfo(partitions.takeNumber(), wanted.id(), wanted.topicName());
      changes.add(new PartitionChange(info, true));
      partitions.change(changes.getLast());
      numbers.add(info.number());
    }
    for (int i = 0; i < changes.size(); i += MAX_CHANGES_PER_ENTRY) {
      int end = Math.min(changes.size(), i + MAX_CHANGES_PER_ENTRY);
      append(EntryKind.TOPIC, EntryBodies.topic(changes.subList(i, end)));
    }
    await(core.log.lastSeq(), change.token(), new Outcome.PartitionsChanged(numbers));
  }

  void moveStarts(GroupEvent.MoveStarts move) {
    for (GroupEvent.StartMove start : move.moves()) {
      PartitionTail tail = partitions.find(start.partition());
      if (tail == null || start.startOffset() > tail.committedEnd()) {
        Refusal reason = tail == null ? Refusal.UNKNOWN_PARTITION : Refusal.OFFSET_OUT_OF_RANGE;
        String detail =
            String.format(
                "start offset %d of partition number %d is above its high watermark",
                start.startOffset(), start.partition());
        core.reply(move.token(), core.refused(reason, detail));
        return;
      }
    }
    for (GroupEvent.StartMove start : move.moves()) {
      EntryHeader header =
          new EntryHeader(
              core.log.group(),
              core.log.lastSeq() + 1,
              epoch,
              EntryKind.START,
              start.partition(),
              start.startOffset(),
              0,
              -1,
              List.of());
      core.log.append(new Entry(header, List.of()));
    }
    await(core.log.lastSeq(), move.token(), new Outcome.Done());
  }
}

package dev.leat.broker.transport.peer;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages between replicas of a group, byte by byte. Codes never change their meaning. */
final class EnvelopeCodec {
  private static final int COLLECT = 1;
  private static final int COLLECTED = 2;
  private static final int FETCH = 3;
  private static final int COPY = 4;
  private static final int COPIED = 5;
  private static final int GO_BACK = 6;
  private static final int FENCED = 7;
  private static final int LACKING = 8;
  private static final int GONE = 9;
  private static final int SNAPSHOT_PART = 10;
  private static final int SNAPSHOT_TAKEN = 11;
  private static final int SNAPSHOT_END = 12;
  private static final int REMOVED = 13;

  private EnvelopeCodec() {}

  static void write(FrameWriter to, PeerEnvelope envelope) {
    to.u16(envelope.group().value()).i64(envelope.history());
    replica(to, envelope.from());
    replica(to, envelope.to());
    PeerMessage message = envelope.message();
    to.u8(code(message)).i32(message.epoch());
    body(to, message);
  }

  private static int code(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Collect m -> COLLECT;
      case PeerMessage.Collected m -> COLLECTED;
      case PeerMessage.Fetch m -> FETCH;
      case PeerMessage.Copy m -> COPY;
      case PeerMessage.Copied m -> COPIED;
      case PeerMessage.GoBack m -> GO_BACK;
      case PeerMessage.Fenced m -> FENCED;
      case PeerMessage.Lacking m -> LACKING;
      case PeerMessage.Gone m -> GONE;
      case PeerMessage.SnapshotPart m -> SNAPSHOT_PART;
      case PeerMessage.SnapshotTaken m -> SNAPSHOT_TAKEN;
      case PeerMessage.SnapshotEnd m -> SNAPSHOT_END;
      case PeerMessage.Removed m -> REMOVED;
    };
  }

  private static void body(FrameWriter to, PeerMessage message) {
    switch (message) {
      case PeerMessage.Collected m -> {
        to.i32(m.lastEpoch()).i64(m.lastSeq());
        config(to, m.config());
      }
      case PeerMessage.Fetch m -> to.i64(m.prevSeq()).i32(m.prevEpoch());
      case PeerMessage.Copy m -> copy(to, m);
      case PeerMessage.Copied m -> to.i64(m.acked()).i64(m.compared()).i64(m.round());
      case PeerMessage.GoBack m -> to.i64(m.seq()).i32(m.seqEpoch()).i64(m.round());
      case PeerMessage.Fenced m -> promise(to, m.promised());
      case PeerMessage.Lacking m -> to.i64(m.round());
      case PeerMessage.SnapshotPart m ->
          to.i64(m.baseSeq())
              .i32(m.partition())
              .i64(m.offset())
              .i64(m.nextOffset())
              .bulk(m.batches());
      case PeerMessage.SnapshotTaken m ->
          to.i64(m.baseSeq()).i32(m.partition()).i64(m.nextOffset());
      case PeerMessage.SnapshotEnd m -> to.i64(m.baseSeq()).bulk(List.of(m.base()));
      case PeerMessage.Collect m -> {}
      case PeerMessage.Gone m -> {}
      case PeerMessage.Removed m -> {}
    }
  }

  private static void copy(FrameWriter to, PeerMessage.Copy copy) {
    to.i64(copy.prevSeq()).i32(copy.prevEpoch()).i64(copy.committed()).i64(copy.round());
    to.i32(copy.entries().size());
    copy.entries().forEach(entry -> EntryCodec.write(to, entry));
  }

  static PeerEnvelope read(FrameReader from) throws MalformedFrameException {
    GroupId group = new GroupId(from.u16());
    long history = from.i64();
    Replica sender = replica(from);
    Replica receiver = replica(from);
    int code = from.u8();
    int epoch = from.i32();
    return new PeerEnvelope(group, history, sender, receiver, message(group, code, epoch, from));
  }

  private static PeerMessage message(GroupId group, int code, int epoch, FrameReader from)
      throws MalformedFrameException {
    return switch (code) {
      case COLLECT -> new PeerMessage.Collect(epoch);
      case COLLECTED -> new PeerMessage.Collected(epoch, from.i32(), from.i64(), config(from));
      case FETCH -> new PeerMessage.Fetch(epoch, from.i64(), from.i32());
      case COPY -> copy(group, epoch, from);
      case COPIED -> new PeerMessage.Copied(epoch, from.i64(), from.i64(), from.i64());
      case GO_BACK -> new PeerMessage.GoBack(epoch, from.i64(), from.i32(), from.i64());
      case FENCED -> new PeerMessage.Fenced(epoch, promise(from));
      case LACKING -> new PeerMessage.Lacking(epoch, from.i64());
      case GONE -> new PeerMessage.Gone(epoch);
      case SNAPSHOT_PART ->
          new PeerMessage.SnapshotPart(
              epoch, from.i64(), from.i32(), from.i64(), from.i64(), EntryCodec.readBatches(from));
      case SNAPSHOT_TAKEN ->
          new PeerMessage.SnapshotTaken(epoch, from.i64(), from.i32(), from.i64());
      case SNAPSHOT_END -> new PeerMessage.SnapshotEnd(epoch, from.i64(), from.bulkCopy());
      case REMOVED -> new PeerMessage.Removed(epoch);
      default -> throw new MalformedFrameException("an unknown message between replicas: " + code);
    };
  }

  private static PeerMessage.Copy copy(GroupId group, int epoch, FrameReader from)
      throws MalformedFrameException {
    long prevSeq = from.i64();
    int prevEpoch = from.i32();
    long committed = from.i64();
    long round = from.i64();
    List<Entry> entries = from.list(EntryCodec.MIN_BYTES, reader -> EntryCodec.read(group, reader));
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).header().seq() != prevSeq + 1 + i) {
        throw new MalformedFrameException("entries with a gap after " + (prevSeq + i));
      }
    }
    return new PeerMessage.Copy(epoch, prevSeq, prevEpoch, committed, entries, round);
  }

  static void replica(FrameWriter to, Replica replica) {
    to.i32(replica.broker()).i64(replica.replicaId());
  }

  static Replica replica(FrameReader from) throws MalformedFrameException {
    return new Replica(from.i32(), from.i64());
  }

  static void replicas(FrameWriter to, List<Replica> replicas) {
    to.u8(replicas.size());
    replicas.forEach(replica -> replica(to, replica));
  }

  static List<Replica> replicas(FrameReader from) throws MalformedFrameException {
    Replica[] replicas = new Replica[from.u8()];
    for (int i = 0; i < replicas.length; i++) {
      replicas[i] = replica(from);
    }
    return List.of(replicas);
  }

  static void config(FrameWriter to, GroupConfig config) {
    replicas(to, config.voters());
    replicas(to, config.prev());
  }

  static GroupConfig config(FrameReader from) throws MalformedFrameException {
    return new GroupConfig(replicas(from), replicas(from));
  }

  static void promise(FrameWriter to, Promise promise) {
    Replica leader = promise.leader();
    to.i32(promise.epoch()).bool(leader != null);
    if (leader != null) {
      replica(to, leader);
    }
  }

  static Promise promise(FrameReader from) throws MalformedFrameException {
    int epoch = from.i32();
    @Nullable Replica leader = from.bool() ? replica(from) : null;
    return new Promise(epoch, leader);
  }
}

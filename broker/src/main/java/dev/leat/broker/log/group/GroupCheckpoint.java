package dev.leat.broker.log.group;

import dev.leat.broker.log.AbortedTransactions;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView.EpochStart;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * State of a group up to a seq, as bytes: what a sealed segment keeps in place of all earlier
 * entries, and what a snapshot begins with. All that a replica knows of the group, its name and
 * promise included.
 *
 * <pre>
 * magic(4) version(2) history(8) self(12) voters(1 + 12n)       identity
 * epoch(4) leader(12)                                           promise; epoch 0: none
 * seq(8) next number(4) clock ms(8)
 * config seq(8) voters prev                                     no voters: no config yet
 * epochs                                                        count(4) {epoch(4) position(8)}...
 * count(4) partitions:
 *   number(4) topicId(16) partition(4) length(2) name start(8) end(8) epochs
 *   count(4) producers: id(8) epoch(2) clock ms(8) transaction(1 + 20)
 *     count(1) {first(4) last(4) offset(8)}...
 *   count(4) aborted: producer(8) first(8) marker(8) last stable(8)
 * count(1) {parent(8) seq(8) epoch(4)}...                       forks; nothing if there are none
 * crc32c(4) of all before
 *
 * transaction: 0, or 1 first(8) marker(8) coordinator's epoch(4)
 * </pre>
 *
 * <p>Version 1 had neither transactions nor aborted ones.
 *
 * @param state the state
 * @param promise what the replica has promised
 */
public record GroupCheckpoint(GroupState state, Promise promise) {
  /** First bytes: "LGCP". */
  static final int MAGIC = 0x4c474350;

  /** Newest version: the one that this build writes. */
  static final short VERSION = 2;

  /** Oldest version that this build reads. */
  private static final short OLDEST_VERSION = 1;

  /** As bytes. */
  public ByteBuffer encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      new Writer(out).write(this);
      byte[] content = bytes.toByteArray();
      out.writeInt(crc(ByteBuffer.wrap(content)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /**
   * From bytes.
   *
   * @throws CorruptEntryException if they are damaged, or of a newer version
   */
  public static GroupCheckpoint decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate();
    if (in.remaining() < 10 || in.getInt(in.position()) != MAGIC) {
      throw new CorruptEntryException("group checkpoint: no checkpoint at all");
    }
    short version = in.getShort(in.position() + 4);
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new CorruptEntryException(
          "group checkpoint has version "
              + version
              + ", this release knows 1 to "
              + VERSION
              + ": start the release that wrote it, or a later one");
    }
    int end = in.limit() - 4;
    if (crc(in.duplicate().limit(end)) != in.getInt(end)) {
      throw new CorruptEntryException("group checkpoint: checksum does not match");
    }
    try {
      GroupCheckpoint checkpoint =
          new Reader(in.limit(end).position(in.position() + 6), version).read();
      if (in.hasRemaining()) {
        throw new CorruptEntryException("group checkpoint: bytes left: " + in.remaining());
      }
      return checkpoint;
    } catch (BufferUnderflowException | NegativeArraySizeException | IllegalStateException e) {
      throw new CorruptEntryException("group checkpoint: malformed: " + e);
    }
  }

  /**
   * The base of a snapshot, from another replica's checkpoint.
   *
   * @param own which replica takes it
   * @throws CorruptEntryException as {@link #decode}
   */
  public static GroupCheckpoint adopt(ByteBuffer bytes, GroupIdentity own, Promise promise) {
    GroupState state = decode(bytes).state();
    state.rename(own.with(state.identity().forks()));
    return new GroupCheckpoint(state, promise);
  }

  /**
   * UNCLEAN: the base of a new history, which begins with all that this replica has.
   *
   * @param tail entries after the state, committed or not
   * @param history number of the new history
   * @param self the replica that begins it: its only voter
   */
  public GroupCheckpoint fork(List<Entry> tail, long history, Replica self) {
    GroupState state = decode(encode()).state();
    tail.forEach(entry -> state.apply(entry.header(), entry.body()));
    GroupIdentity before = state.identity();
    int epoch = state.epochs().lastEpoch();
    List<HistoryFork> forks = new ArrayList<>(before.forks());
    forks.add(new HistoryFork(before.history(), state.seq(), epoch));
    state.rename(new GroupIdentity(history, self, List.of(self), forks));
    state.setConfig(GroupConfig.of(List.of(self)), state.seq());
    int promised = promise.withdrawal().isPresent() ? epoch : Math.max(epoch, promise.epoch());
    return new GroupCheckpoint(state, new Promise(promised, self));
  }

  private static int crc(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return (int) crc.getValue();
  }

  private record Writer(DataOutputStream out) {
    void write(GroupCheckpoint checkpoint) throws IOException {
      GroupState state = checkpoint.state();
      out.writeInt(MAGIC);
      out.writeShort(VERSION);
      out.writeLong(state.identity().history());
      replica(state.identity().self());
      replicas(state.identity().firstVoters());
      Replica leader = checkpoint.promise().leader();
      out.writeInt(checkpoint.promise().epoch());
      replica(leader == null ? new Replica(0, 0) : leader);
      out.writeLong(state.seq());
      out.writeInt(state.nextNumber());
      out.writeLong(state.clockMs());
      GroupConfig config = state.config();
      out.writeLong(state.configSeq());
      replicas(config == null ? List.of() : config.voters());
      replicas(config == null ? List.of() : config.prev());
      epochs(state.epochs());
      List<PartitionState> partitions = state.partitions();
      out.writeInt(partitions.size());
      for (PartitionState partition : partitions) {
        partition(partition);
      }
      if (!state.identity().forks().isEmpty()) {
        out.writeByte(state.identity().forks().size());
      }
      for (HistoryFork fork : state.identity().forks()) {
        out.writeLong(fork.parent());
        out.writeLong(fork.seq());
        out.writeInt(fork.epoch());
      }
    }

    private void replica(Replica replica) throws IOException {
      out.writeInt(replica.broker());
      out.writeLong(replica.replicaId());
    }

    private void replicas(List<Replica> replicas) throws IOException {
      out.writeByte(replicas.size());
      for (Replica replica : replicas) {
        replica(replica);
      }
    }

    private void epochs(EpochStarts epochs) throws IOException {
      List<EpochStart> list = epochs.toList();
      out.writeInt(list.size());
      for (EpochStart start : list) {
        out.writeInt(start.epoch());
        out.writeLong(start.position());
      }
    }

    private void partition(PartitionState partition) throws IOException {
      TopicId topic = partition.info().id().topic();
      byte[] name = partition.info().topicName().getBytes(StandardCharsets.UTF_8);
      out.writeInt(partition.info().number());
      out.writeLong(topic.high());
      out.writeLong(topic.low());
      out.writeInt(partition.info().id().partition());
      out.writeShort(name.length);
      out.write(name);
      out.writeLong(partition.startOffset());
      out.writeLong(partition.endOffset());
      epochs(partition.epochs());
      out.writeInt(partition.producers().size());
      for (ProducerState producer : partition.producers()) {
        producer(producer);
      }
      aborted(partition.aborted());
    }

    private void aborted(AbortedTransactions transactions) throws IOException {
      out.writeInt(transactions.size());
      for (int i = 0; i < transactions.size(); i++) {
        AbortedTransactions.Aborted aborted = transactions.get(i);
        out.writeLong(aborted.producerId());
        out.writeLong(aborted.firstOffset());
        out.writeLong(aborted.markerOffset());
        out.writeLong(aborted.lastStableOffset());
      }
    }

    private void producer(ProducerState producer) throws IOException {
      out.writeLong(producer.id());
      out.writeShort(producer.epoch());
      out.writeLong(producer.clockMs());
      transaction(producer.transaction());
      out.writeByte(producer.size());
      for (int i = 0; i < producer.size(); i++) {
        out.writeInt(producer.firstSequence(i));
        out.writeInt(producer.lastSequence(i));
        out.writeLong(producer.baseOffset(i));
      }
    }

    private void transaction(Transaction transaction) throws IOException {
      boolean any = !transaction.equals(Transaction.NONE);
      out.writeByte(any ? 1 : 0);
      if (any) {
        out.writeLong(transaction.firstOffset());
        out.writeLong(transaction.markerOffset());
        out.writeInt(transaction.coordinatorEpoch());
      }
    }
  }

  private record Reader(ByteBuffer in, short version) {
    GroupCheckpoint read() {
      long history = in.getLong();
      GroupState state =
          new GroupState(new GroupIdentity(history, EntryBodies.getReplica(in), replicas()));
      int promisedEpoch = in.getInt();
      Replica leader = EntryBodies.getReplica(in);
      long seq = in.getLong();
      int nextNumber = in.getInt();
      long clockMs = in.getLong();
      long configSeq = in.getLong();
      List<Replica> voters = replicas();
      List<Replica> prev = replicas();
      if (!voters.isEmpty()) {
        state.setConfig(new GroupConfig(voters, prev), configSeq);
      }
      epochs(state.epochs());
      int count = in.getInt();
      for (int i = 0; i < count; i++) {
        state.put(partition());
      }
      if (in.hasRemaining()) {
        state.rename(state.identity().with(forks()));
      }
      state.restore(seq, nextNumber, clockMs);
      return new GroupCheckpoint(
          state, promisedEpoch == 0 ? Promise.NONE : new Promise(promisedEpoch, leader));
    }

    private List<HistoryFork> forks() {
      List<HistoryFork> forks = new ArrayList<>();
      for (int left = in.get(); left > 0; left--) {
        forks.add(new HistoryFork(in.getLong(), in.getLong(), in.getInt()));
      }
      return forks;
    }

    private List<Replica> replicas() {
      int count = in.get();
      List<Replica> replicas = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        replicas.add(EntryBodies.getReplica(in));
      }
      return replicas;
    }

    private void epochs(EpochStarts into) {
      int count = in.getInt();
      for (int i = 0; i < count; i++) {
        into.add(in.getInt(), in.getLong());
      }
    }

    private PartitionState partition() {
      int number = in.getInt();
      TopicPartition id = new TopicPartition(TopicId.read(in), in.getInt());
      byte[] name = new byte[in.getShort()];
      in.get(name);
      PartitionInfo info = new PartitionInfo(number, id, new String(name, StandardCharsets.UTF_8));
      PartitionState partition = new PartitionState(info, in.getLong(), in.getLong());
      epochs(partition.epochs());
      int producers = in.getInt();
      for (int i = 0; i < producers; i++) {
        partition.restore(producer());
      }
      int aborted = version < 2 ? 0 : in.getInt();
      for (int i = 0; i < aborted; i++) {
        partition.restore(
            new AbortedTransactions.Aborted(
                in.getLong(), in.getLong(), in.getLong(), in.getLong()));
      }
      return partition;
    }

    private ProducerState producer() {
      ProducerState producer = new ProducerState(in.getLong(), in.getShort(), in.getLong());
      if (version >= 2 && in.get() != 0) {
        producer.restore(new Transaction(in.getLong(), in.getLong(), in.getInt()));
      }
      int batches = in.get();
      for (int i = 0; i < batches; i++) {
        producer.remember(in.getInt(), in.getInt(), in.getLong());
      }
      return producer;
    }
  }
}

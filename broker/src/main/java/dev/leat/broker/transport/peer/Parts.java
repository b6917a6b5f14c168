package dev.leat.broker.transport.peer;

import dev.leat.broker.control.coordination.GroupReport;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.broker.replication.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What several messages are made of. */
final class Parts {
  /** Least bytes of a report. */
  static final int MIN_REPORT_BYTES = 74;

  private static final int FORK_BYTES = 20;

  private Parts() {}

  /** Constants travel as their place in the type: they are only added to at its end. */
  static <E extends Enum<E>> E constant(E[] values, FrameReader from)
      throws MalformedFrameException {
    int place = from.u8();
    if (place >= values.length) {
      throw new MalformedFrameException("a constant " + place + " of " + values.length);
    }
    return values[place];
  }

  static void group(FrameWriter to, GroupId group) {
    to.u16(group.value());
  }

  static GroupId group(FrameReader from) throws MalformedFrameException {
    return new GroupId(from.u16());
  }

  static void topicPartition(FrameWriter to, TopicPartition partition) {
    to.i64(partition.topic().high()).i64(partition.topic().low()).i32(partition.partition());
  }

  static TopicPartition topicPartition(FrameReader from) throws MalformedFrameException {
    return new TopicPartition(new TopicId(from.i64(), from.i64()), from.i32());
  }

  static void partition(FrameWriter to, PartitionInfo info) {
    to.i32(info.number());
    topicPartition(to, info.id());
    to.text(info.topicName());
  }

  static PartitionInfo partition(FrameReader from) throws MalformedFrameException {
    return new PartitionInfo(from.i32(), topicPartition(from), from.text());
  }

  static void newPartition(FrameWriter to, NewPartition partition) {
    topicPartition(to, partition.id());
    to.text(partition.topicName());
  }

  static NewPartition newPartition(FrameReader from) throws MalformedFrameException {
    return new NewPartition(topicPartition(from), from.text());
  }

  static void report(FrameWriter to, GroupReport report) {
    group(to, report.group());
    to.i64(report.history());
    EnvelopeCodec.replica(to, report.self());
    to.u8(report.role().ordinal());
    EnvelopeCodec.promise(to, report.promised());
    to.i32(report.lastEpoch()).i64(report.lastSeq()).i64(report.committedSeq());
    GroupConfig config = report.config();
    to.bool(config != null);
    if (config != null) {
      EnvelopeCodec.config(to, config);
    }
    to.i32(report.configEpoch()).i64(report.configSeq()).i64(report.contactAgeMs());
    forks(to, report.forks());
    Withdrawal withdrawal = report.withdrawal();
    to.u8(withdrawal == null ? 0 : withdrawal.code());
  }

  static void forks(FrameWriter to, List<HistoryFork> forks) {
    to.list(forks, Parts::fork);
  }

  static List<HistoryFork> forks(FrameReader from) throws MalformedFrameException {
    return from.list(FORK_BYTES, Parts::fork);
  }

  private static void fork(FrameWriter to, HistoryFork fork) {
    to.i64(fork.parent()).i64(fork.seq()).i32(fork.epoch());
  }

  private static HistoryFork fork(FrameReader from) throws MalformedFrameException {
    return new HistoryFork(from.i64(), from.i64(), from.i32());
  }

  private static @Nullable Withdrawal withdrawal(FrameReader from) throws MalformedFrameException {
    int code = from.u8();
    if (code == 0) {
      return null;
    }
    return Withdrawal.of(code)
        .orElseThrow(() -> new MalformedFrameException("an unknown withdrawal " + code));
  }

  static GroupReport report(FrameReader from) throws MalformedFrameException {
    GroupId group = group(from);
    long history = from.i64();
    Replica self = EnvelopeCodec.replica(from);
    Role role = constant(Role.values(), from);
    Promise promised = EnvelopeCodec.promise(from);
    int lastEpoch = from.i32();
    long lastSeq = from.i64();
    long committedSeq = from.i64();
    @Nullable GroupConfig config = from.bool() ? EnvelopeCodec.config(from) : null;
    return new GroupReport(
        group,
        history,
        self,
        role,
        promised,
        lastEpoch,
        lastSeq,
        committedSeq,
        config,
        from.i32(),
        from.i64(),
        from.i64(),
        forks(from),
        withdrawal(from));
  }

  static void addresses(FrameWriter to, Hello.Addresses addresses) {
    to.text(addresses.peer()).text(addresses.client()).text(addresses.kafka());
  }

  static Hello.Addresses addresses(FrameReader from) throws MalformedFrameException {
    return new Hello.Addresses(from.text(), from.text(), from.text());
  }

  static void hello(FrameWriter to, Hello hello) {
    to.text(hello.clusterId())
        .i32(hello.broker())
        .uuid(hello.disk())
        .i64(hello.starts())
        .i64(hello.nonce())
        .i32(hello.minFormat())
        .i32(hello.maxFormat());
    addresses(to, hello.addresses());
    to.text(hello.zone()).list(hello.groups(), Parts::report);
  }

  static Hello hello(FrameReader from) throws MalformedFrameException {
    return new Hello(
        from.text(),
        from.i32(),
        from.uuid(),
        from.i64(),
        from.i64(),
        from.i32(),
        from.i32(),
        addresses(from),
        from.text(),
        from.list(MIN_REPORT_BYTES, Parts::report));
  }
}

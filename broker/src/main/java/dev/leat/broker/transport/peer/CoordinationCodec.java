package dev.leat.broker.transport.peer;

import dev.leat.broker.control.coordination.BrokerState;
import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.control.coordination.CoordinationMessage.Answer;
import dev.leat.broker.control.coordination.CoordinationMessage.Appointment;
import dev.leat.broker.control.coordination.CoordinationMessage.Leadership;
import dev.leat.broker.control.coordination.CoordinationMessage.Move;
import dev.leat.broker.control.coordination.CoordinationMessage.NewGroup;
import dev.leat.broker.control.coordination.CoordinationMessage.Suspect;
import dev.leat.broker.control.coordination.CoordinationMessage.Verdict;
import dev.leat.broker.log.GroupId;
import java.util.List;

/**
 * What brokers say to each other about the cluster, byte by byte. Codes never change their meaning.
 */
final class CoordinationCodec {
  private static final int HEARTBEAT = 1;
  private static final int ASK = 2;
  private static final int REPORT = 3;
  private static final int APPOINT = 4;
  private static final int APPOINTED = 5;
  private static final int LEADING = 6;
  private static final int HELD_REQUEST = 7;
  private static final int HELD = 8;
  private static final int HELD_CHANGED = 9;
  private static final int CREATE_GROUPS = 10;
  private static final int JOIN_GROUP = 11;
  private static final int CHANGE_VOTERS = 12;
  private static final int HAND_OVER = 13;
  private static final int CHANGE_PARTITIONS = 14;
  private static final int DONE = 15;
  private static final int VIEW_PUSH = 16;
  private static final int VIEW_REQUEST = 17;
  private static final int FORK_GROUP = 18;
  private static final int GIVEN_UP = 19;

  private CoordinationCodec() {}

  static void write(FrameWriter to, CoordinationMessage message) {
    to.u8(code(message));
    switch (message) {
      case CoordinationMessage.Heartbeat m -> {
        to.u8(m.state().ordinal()).bool(m.leaves()).i64(m.term()).i32(m.controller());
        to.list(m.suspects(), CoordinationCodec::suspect);
      }
      case CoordinationMessage.Ask m -> to.i64(m.request()).list(m.groups(), Parts::group);
      case CoordinationMessage.Report m ->
          to.i64(m.request()).bool(m.all()).list(m.groups(), Parts::report);
      case CoordinationMessage.Appoint m ->
          to.i64(m.request()).list(m.groups(), CoordinationCodec::appointment);
      case CoordinationMessage.Appointed m ->
          to.i64(m.request()).list(m.answers(), CoordinationCodec::answer);
      case CoordinationMessage.Leading m -> to.list(m.groups(), CoordinationCodec::leadership);
      case CoordinationMessage.HeldRequest m -> {}
      case CoordinationMessage.Held m -> {
        Parts.group(to, m.group());
        to.i32(m.epoch()).list(m.partitions(), Parts::partition);
      }
      case CoordinationMessage.HeldChanged m -> {
        Parts.group(to, m.group());
        to.i32(m.epoch()).list(m.created(), Parts::partition).list(m.deleted(), Parts::partition);
      }
      case CoordinationMessage.CreateGroups m -> to.list(m.groups(), CoordinationCodec::newGroup);
      case CoordinationMessage.JoinGroup m -> {
        to.i64(m.request()).i64(m.history());
        Parts.group(to, m.group());
      }
      case CoordinationMessage.ChangeVoters m -> {
        to.i64(m.request()).i64(m.history());
        Parts.group(to, m.group());
        EnvelopeCodec.replicas(to, m.voters());
      }
      case CoordinationMessage.HandOver m -> to.list(m.moves(), CoordinationCodec::move);
      case CoordinationMessage.ChangePartitions m -> {
        to.i64(m.request());
        Parts.group(to, m.group());
        to.list(m.created(), Parts::newPartition).list(m.deleted(), Parts::topicPartition);
      }
      case CoordinationMessage.Done m -> done(to, m);
      case CoordinationMessage.ViewPush m ->
          to.i64(m.term())
              .i64(m.number())
              .bool(m.all())
              .i32(m.format())
              .list(m.brokers(), ViewCodec::broker)
              .list(m.groups(), ViewCodec::group);
      case CoordinationMessage.ViewRequest m -> {}
      case CoordinationMessage.ForkGroup m -> {
        to.i64(m.request()).i64(m.parent()).i64(m.history());
        Parts.group(to, m.group());
      }
      case CoordinationMessage.GivenUp m -> {
        to.i64(m.history());
        Parts.group(to, m.group());
        Parts.forks(to, m.forks());
      }
    }
  }

  private static int code(CoordinationMessage message) {
    return switch (message) {
      case CoordinationMessage.Heartbeat m -> HEARTBEAT;
      case CoordinationMessage.Ask m -> ASK;
      case CoordinationMessage.Report m -> REPORT;
      case CoordinationMessage.Appoint m -> APPOINT;
      case CoordinationMessage.Appointed m -> APPOINTED;
      case CoordinationMessage.Leading m -> LEADING;
      case CoordinationMessage.HeldRequest m -> HELD_REQUEST;
      case CoordinationMessage.Held m -> HELD;
      case CoordinationMessage.HeldChanged m -> HELD_CHANGED;
      case CoordinationMessage.CreateGroups m -> CREATE_GROUPS;
      case CoordinationMessage.JoinGroup m -> JOIN_GROUP;
      case CoordinationMessage.ChangeVoters m -> CHANGE_VOTERS;
      case CoordinationMessage.HandOver m -> HAND_OVER;
      case CoordinationMessage.ChangePartitions m -> CHANGE_PARTITIONS;
      case CoordinationMessage.Done m -> DONE;
      case CoordinationMessage.ViewPush m -> VIEW_PUSH;
      case CoordinationMessage.ViewRequest m -> VIEW_REQUEST;
      case CoordinationMessage.ForkGroup m -> FORK_GROUP;
      case CoordinationMessage.GivenUp m -> GIVEN_UP;
    };
  }

  static CoordinationMessage read(FrameReader from) throws MalformedFrameException {
    int code = from.u8();
    return switch (code) {
      case HEARTBEAT ->
          new CoordinationMessage.Heartbeat(
              Parts.constant(BrokerState.values(), from),
              from.bool(),
              from.i64(),
              from.i32(),
              from.list(13, CoordinationCodec::suspect));
      case ASK -> new CoordinationMessage.Ask(from.i64(), from.list(2, Parts::group));
      case REPORT ->
          new CoordinationMessage.Report(
              from.i64(), from.bool(), from.list(Parts.MIN_REPORT_BYTES, Parts::report));
      case APPOINT ->
          new CoordinationMessage.Appoint(
              from.i64(), from.list(14, CoordinationCodec::appointment));
      case APPOINTED ->
          new CoordinationMessage.Appointed(from.i64(), from.list(8, CoordinationCodec::answer));
      case LEADING -> new CoordinationMessage.Leading(from.list(15, CoordinationCodec::leadership));
      case HELD_REQUEST -> new CoordinationMessage.HeldRequest();
      case HELD ->
          new CoordinationMessage.Held(
              Parts.group(from), from.i32(), from.list(26, Parts::partition));
      case HELD_CHANGED ->
          new CoordinationMessage.HeldChanged(
              Parts.group(from),
              from.i32(),
              from.list(26, Parts::partition),
              from.list(26, Parts::partition));
      case CREATE_GROUPS ->
          new CoordinationMessage.CreateGroups(from.list(19, CoordinationCodec::newGroup));
      case JOIN_GROUP -> joinGroup(from);
      case CHANGE_VOTERS -> changeVoters(from);
      case HAND_OVER -> new CoordinationMessage.HandOver(from.list(30, CoordinationCodec::move));
      case CHANGE_PARTITIONS ->
          new CoordinationMessage.ChangePartitions(
              from.i64(),
              Parts.group(from),
              from.list(22, Parts::newPartition),
              from.list(20, Parts::topicPartition));
      case DONE -> done(from);
      case VIEW_PUSH ->
          new CoordinationMessage.ViewPush(
              from.i64(),
              from.i64(),
              from.bool(),
              from.i32(),
              from.list(21, ViewCodec::broker),
              from.list(ViewCodec.MIN_GROUP_BYTES, ViewCodec::group));
      case VIEW_REQUEST -> new CoordinationMessage.ViewRequest();
      case FORK_GROUP -> forkGroup(from);
      case GIVEN_UP -> givenUp(from);
      default -> throw new MalformedFrameException("an unknown message between brokers: " + code);
    };
  }

  private static void suspect(FrameWriter to, Suspect suspect) {
    to.i32(suspect.broker()).i64(suspect.nonce()).bool(suspect.dead());
  }

  private static Suspect suspect(FrameReader from) throws MalformedFrameException {
    return new Suspect(from.i32(), from.i64(), from.bool());
  }

  private static void appointment(FrameWriter to, Appointment appointment) {
    Parts.group(to, appointment.group());
    to.i64(appointment.history()).i32(appointment.epoch());
  }

  private static Appointment appointment(FrameReader from) throws MalformedFrameException {
    return new Appointment(Parts.group(from), from.i64(), from.i32());
  }

  private static void answer(FrameWriter to, Answer answer) {
    Parts.group(to, answer.group());
    to.u8(answer.verdict().ordinal());
    EnvelopeCodec.promise(to, answer.promised());
  }

  private static Answer answer(FrameReader from) throws MalformedFrameException {
    return new Answer(
        Parts.group(from), Parts.constant(Verdict.values(), from), EnvelopeCodec.promise(from));
  }

  private static void leadership(FrameWriter to, Leadership leadership) {
    Parts.group(to, leadership.group());
    to.i64(leadership.history()).i32(leadership.epoch()).bool(leadership.leads());
  }

  private static Leadership leadership(FrameReader from) throws MalformedFrameException {
    return new Leadership(Parts.group(from), from.i64(), from.i32(), from.bool());
  }

  private static void newGroup(FrameWriter to, NewGroup group) {
    to.i64(group.request()).i64(group.history());
    Parts.group(to, group.group());
    EnvelopeCodec.replicas(to, group.voters());
  }

  private static NewGroup newGroup(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    long history = from.i64();
    return new NewGroup(request, Parts.group(from), history, EnvelopeCodec.replicas(from));
  }

  private static CoordinationMessage joinGroup(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    long history = from.i64();
    return new CoordinationMessage.JoinGroup(request, Parts.group(from), history);
  }

  private static CoordinationMessage forkGroup(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    long parent = from.i64();
    long history = from.i64();
    return new CoordinationMessage.ForkGroup(request, Parts.group(from), parent, history);
  }

  private static CoordinationMessage givenUp(FrameReader from) throws MalformedFrameException {
    long history = from.i64();
    return new CoordinationMessage.GivenUp(Parts.group(from), history, Parts.forks(from));
  }

  private static CoordinationMessage changeVoters(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    long history = from.i64();
    GroupId group = Parts.group(from);
    return new CoordinationMessage.ChangeVoters(
        request, group, history, EnvelopeCodec.replicas(from));
  }

  private static void move(FrameWriter to, Move move) {
    to.i64(move.request()).i64(move.history());
    Parts.group(to, move.group());
    EnvelopeCodec.replica(to, move.target());
  }

  private static Move move(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    long history = from.i64();
    return new Move(request, Parts.group(from), history, EnvelopeCodec.replica(from));
  }

  private static void done(FrameWriter to, CoordinationMessage.Done done) {
    to.i64(done.request());
    Parts.group(to, done.group());
    to.bool(done.done());
    EnvelopeCodec.replicas(to, done.replica() == null ? List.of() : List.of(done.replica()));
    to.text(done.detail());
  }

  private static CoordinationMessage done(FrameReader from) throws MalformedFrameException {
    long request = from.i64();
    GroupId group = Parts.group(from);
    boolean done = from.bool();
    var replicas = EnvelopeCodec.replicas(from);
    return new CoordinationMessage.Done(
        request, group, done, replicas.isEmpty() ? null : replicas.getFirst(), from.text());
  }
}

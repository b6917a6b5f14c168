package dev.leat.broker.transport.peer;

import dev.leat.broker.control.coordination.BrokerState;
import dev.leat.broker.control.coordination.ClusterView;

/** The parts of a {@link ClusterView}. */
final class ViewCodec {
  /** Least bytes of a group. */
  static final int MIN_GROUP_BYTES = 32;

  private ViewCodec() {}

  static void broker(FrameWriter to, ClusterView.Broker broker) {
    to.i32(broker.id()).i64(broker.starts()).u8(broker.state().ordinal());
    Parts.addresses(to, broker.addresses());
    to.text(broker.zone());
  }

  static ClusterView.Broker broker(FrameReader from) throws MalformedFrameException {
    return new ClusterView.Broker(
        from.i32(),
        from.i64(),
        Parts.constant(BrokerState.values(), from),
        Parts.addresses(from),
        from.text());
  }

  static void group(FrameWriter to, ClusterView.Group group) {
    Parts.group(to, group.id());
    to.i64(group.history()).i32(group.epoch()).i32(group.leader());
    to.list(group.voters(), FrameWriter::i32);
    to.list(group.lagging(), FrameWriter::i32);
    to.list(group.joining(), FrameWriter::i32);
    to.bool(group.lost()).bool(group.forked());
  }

  static ClusterView.Group group(FrameReader from) throws MalformedFrameException {
    return new ClusterView.Group(
        Parts.group(from),
        from.i64(),
        from.i32(),
        from.i32(),
        from.list(Integer.BYTES, FrameReader::i32),
        from.list(Integer.BYTES, FrameReader::i32),
        from.list(Integer.BYTES, FrameReader::i32),
        from.bool(),
        from.bool());
  }
}

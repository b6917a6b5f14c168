package dev.leat.broker.transport.peer;

import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.replication.PeerEnvelope;
import java.nio.ByteBuffer;

/** The messages of a link. Each begins with its type(1). */
final class Frames {
  /** First bytes of a hello: "LEAT". */
  private static final int MAGIC = 0x4c454154;

  /** Version of everything in this package. A peer of another version is refused. */
  static final int VERSION = 1;

  private static final int HELLO = 1;
  private static final int ATTACH = 2;
  private static final int REPLICA = 3;
  private static final int MEMBER = 4;
  private static final int COORDINATION = 5;

  private Frames() {}

  /** What a frame says. */
  sealed interface Frame {}

  /**
   * First frame of either side of the first lane.
   *
   * @param hello who it is
   * @param pid its process id
   */
  record Greeting(Hello hello, long pid) implements Frame {}

  /** First frame of the lane of records: whose it is. */
  record Attach(int broker, long nonce) implements Frame {}

  /** Between replicas. */
  record Replicas(PeerEnvelope envelope) implements Frame {}

  /** First message on the lane of orders after the greetings. */
  record Member(dev.leat.broker.control.coordination.Hello hello) implements Frame {}

  /** About the cluster. */
  record Coordination(CoordinationMessage message) implements Frame {}

  static FrameWriter hello(Hello hello, long pid) {
    DiskIdentity disk = hello.disk();
    return new FrameWriter()
        .u8(HELLO)
        .i32(MAGIC)
        .u16(VERSION)
        .uuid(disk.clusterId())
        .i32(disk.brokerId())
        .uuid(disk.diskId())
        .text(disk.volume())
        .i64(disk.starts())
        .i64(disk.nonce())
        .list(disk.past(), (to, start) -> to.i64(start.number()).i64(start.nonce()))
        .u8(hello.formats().oldest())
        .u8(hello.formats().newest())
        .u8(hello.written())
        .i64(pid);
  }

  private static Greeting readGreeting(FrameReader from) throws MalformedFrameException {
    int magic = from.i32();
    int version = magic == MAGIC ? from.u16() : 0;
    if (version != VERSION) {
      throw new MalformedFrameException(
          "a hello of version %d, this release speaks %d: start the release that the other brokers"
                  .formatted(version, VERSION)
              + " run");
    }
    DiskIdentity disk =
        new DiskIdentity(
            from.uuid(),
            from.i32(),
            from.uuid(),
            from.text(),
            from.i64(),
            from.i64(),
            from.list(16, in -> new DiskIdentity.Start(in.i64(), in.i64())));
    Hello hello = new Hello(disk, new FormatRange(from.u8(), from.u8()), from.u8());
    return new Greeting(hello, from.i64());
  }

  static FrameWriter attach(DiskIdentity self) {
    return new FrameWriter().u8(ATTACH).i32(self.brokerId()).i64(self.nonce());
  }

  static FrameWriter replicas(PeerEnvelope envelope) {
    FrameWriter to = new FrameWriter().u8(REPLICA);
    EnvelopeCodec.write(to, envelope);
    return to;
  }

  static FrameWriter member(dev.leat.broker.control.coordination.Hello hello) {
    FrameWriter to = new FrameWriter().u8(MEMBER);
    Parts.hello(to, hello);
    return to;
  }

  static FrameWriter coordination(CoordinationMessage message) {
    FrameWriter to = new FrameWriter().u8(COORDINATION);
    CoordinationCodec.write(to, message);
    return to;
  }

  /**
   * The frame in these bytes. Batches in it are views of them.
   *
   * @throws MalformedFrameException if they are none; nothing was kept then
   */
  static Frame read(ByteBuffer bytes) throws MalformedFrameException {
    try {
      FrameReader from = new FrameReader(bytes);
      int type = from.u8();
      Frame frame =
          switch (type) {
            case HELLO -> readGreeting(from);
            case ATTACH -> new Attach(from.i32(), from.i64());
            case REPLICA -> new Replicas(EnvelopeCodec.read(from));
            case MEMBER -> new Member(Parts.hello(from));
            case COORDINATION -> new Coordination(CoordinationCodec.read(from));
            default -> throw new MalformedFrameException("a frame of the unknown type " + type);
          };
      from.end();
      return frame;
    } catch (IllegalStateException | IllegalArgumentException e) {
      // Records check what they are made of.
      throw new MalformedFrameException(String.valueOf(e.getMessage()), e);
    }
  }
}

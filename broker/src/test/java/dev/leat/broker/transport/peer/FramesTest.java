package dev.leat.broker.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.control.coordination.GroupReport;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.replication.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final GroupId GROUP = GroupId.of(3, 17);
  private static final Replica LEADER = new Replica(2, 0x1234567890abcdefL);
  private static final Replica FOLLOWER = new Replica(0, -5);

  private static final List<PeerMessage> MESSAGES =
      List.of(
          new PeerMessage.Collect(7),
          new PeerMessage.Collected(
              7, 6, 99, new GroupConfig(List.of(LEADER), List.of(FOLLOWER, LEADER))),
          new PeerMessage.Fetch(7, 98, 6),
          new PeerMessage.Copy(7, 98, 6, 90, List.of(), 1L << 40),
          new PeerMessage.Copy(7, 98, 6, 90, List.of(batches(99, 3), barrier(100)), 5),
          new PeerMessage.Copied(7, 100, 101, 5),
          new PeerMessage.GoBack(7, 50, 3, 5),
          new PeerMessage.Fenced(7, new Promise(8, FOLLOWER)),
          new PeerMessage.Fenced(7, Promise.NONE),
          new PeerMessage.Lacking(7, 5),
          new PeerMessage.Gone(7),
          new PeerMessage.SnapshotPart(7, 90, 4, 1000, 1010, List.of(batch(2), batch(8))),
          new PeerMessage.SnapshotPart(7, 90, 4, 1000, 1010, List.of()),
          new PeerMessage.SnapshotTaken(7, 90, 4, 1010),
          new PeerMessage.SnapshotEnd(7, 90, ByteBuffer.wrap(new byte[] {1, 2, 3})),
          new PeerMessage.Removed(7));

  private static ByteBuffer batch(int records) {
    BatchBuilder builder = new BatchBuilder(new byte[1024]);
    for (int i = 0; i < records; i++) {
      builder.append(1_000 + i, null, ("value " + i).getBytes(StandardCharsets.UTF_8));
    }
    return builder.finish(Compression.NONE);
  }

  private static Entry batches(long seq, int records) {
    ProducerSpan span = new ProducerSpan(77, (short) 1, 5, records, 0, (byte) 0);
    EntryHeader header =
        new EntryHeader(
            GROUP, seq, 7, EntryKind.BATCHES, 4, 1_000, records - 1, 1_002, List.of(span, span));
    return new Entry(header, List.of(batch(1), batch(records - 1)));
  }

  private static Entry barrier(long seq) {
    return new Entry(
        EntryHeader.plain(GROUP, seq, 7, EntryKind.BARRIER), List.of(ByteBuffer.allocate(0)));
  }

  private static Hello hello() {
    DiskIdentity disk =
        new DiskIdentity(
            UUID.randomUUID(),
            2,
            UUID.randomUUID(),
            "inode 12345",
            9,
            -1,
            List.of(new DiskIdentity.Start(7, 70), new DiskIdentity.Start(8, 80)));
    return new Hello(disk, new FormatRange(1, 2), 1);
  }

  private static byte[] bytes(FrameWriter frame) throws IOException {
    return frame.finish().readAllBytes();
  }

  private static FrameWriter frame(PeerMessage message) {
    return Frames.replicas(new PeerEnvelope(GROUP, 42, LEADER, FOLLOWER, message));
  }

  @Test
  void shouldReadWhatItWrote() throws Exception {
    for (PeerMessage message : MESSAGES) {
      byte[] written = bytes(frame(message));

      Frames.Frame read = Frames.read(ByteBuffer.wrap(written));

      PeerEnvelope envelope = ((Frames.Replicas) read).envelope();
      assertThat(envelope.group()).isEqualTo(GROUP);
      assertThat(envelope.history()).isEqualTo(42);
      assertThat(envelope.from()).isEqualTo(LEADER);
      assertThat(envelope.to()).isEqualTo(FOLLOWER);
      assertThat(envelope.message()).isExactlyInstanceOf(message.getClass());
      // Pieces may be joined: the bytes are the same again.
      assertThat(bytes(frame(envelope.message()))).isEqualTo(written);
    }
  }

  @Test
  void shouldReadAHello() throws Exception {
    Hello hello = hello();

    Frames.Frame read = Frames.read(ByteBuffer.wrap(bytes(Frames.hello(hello, 4711))));

    assertThat(read).isEqualTo(new Frames.Greeting(hello, 4711));
  }

  private static GroupReport report(@Nullable Withdrawal withdrawal) {
    return new GroupReport(
        GROUP,
        42,
        FOLLOWER,
        Role.FOLLOWER,
        new Promise(8, LEADER),
        7,
        99,
        98,
        GroupConfig.of(List.of(FOLLOWER)),
        6,
        50,
        120,
        List.of(new HistoryFork(41, 50, 6), new HistoryFork(-3, 20, 2)),
        withdrawal);
  }

  @Test
  void shouldReadWhatItWroteOfForks() throws Exception {
    List<CoordinationMessage> messages =
        List.of(
            new CoordinationMessage.Report(
                5, true, List.of(report(null), report(Withdrawal.FORKED))),
            new CoordinationMessage.ForkGroup(6, GROUP, 41, 42),
            new CoordinationMessage.GivenUp(GROUP, 42, report(null).forks()));

    for (CoordinationMessage message : messages) {
      byte[] written = bytes(Frames.coordination(message));

      assertThat(Frames.read(ByteBuffer.wrap(written))).isEqualTo(new Frames.Coordination(message));
      for (int length = 0; length < written.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(written, 0, length);

        assertThatThrownBy(() -> Frames.read(cut)).isInstanceOf(MalformedFrameException.class);
      }
    }
  }

  @Test
  void shouldGiveEachBatchOfASnapshotABufferOfItsOwn() throws Exception {
    ByteBuffer two = ByteBuffer.allocate(batch(2).remaining() + batch(8).remaining());
    two.put(batch(2)).put(batch(8)).flip();
    PeerMessage part = new PeerMessage.SnapshotPart(7, 90, 4, 1000, 1010, List.of(two));

    Frames.Frame read = Frames.read(ByteBuffer.wrap(bytes(frame(part))));

    PeerMessage message = ((Frames.Replicas) read).envelope().message();
    assertThat(((PeerMessage.SnapshotPart) message).batches()).containsExactly(batch(2), batch(8));
  }

  @Test
  void shouldRefuseRecordsThatWereDamagedOnTheWay() throws Exception {
    byte[] written = bytes(frame(MESSAGES.get(4)));
    written[written.length - 80] ^= 1;

    assertThatThrownBy(() -> Frames.read(ByteBuffer.wrap(written)))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void shouldRefuseAHelloOfAnotherVersionWithAWordWhatToDo() throws Exception {
    byte[] written = bytes(Frames.hello(hello(), 4711));
    written[6] = 9;

    assertThatThrownBy(() -> Frames.read(ByteBuffer.wrap(written)))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageContaining("version 9")
        .hasMessageContaining("start the release");
  }

  @Test
  void shouldRefuseWhatIsCutShort() throws Exception {
    for (PeerMessage message : MESSAGES) {
      byte[] written = bytes(frame(message));
      for (int length = 0; length < written.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(written, 0, length);

        assertThatThrownBy(() -> Frames.read(cut)).isInstanceOf(MalformedFrameException.class);
      }
    }
  }

  @Test
  void shouldReadGarbageAsNothingWorse() throws Exception {
    Random random = new Random(20_261_125);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = bytes(frame(MESSAGES.get(random.nextInt(MESSAGES.size()))));
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ByteBuffer garbage = ByteBuffer.wrap(bytes);

      assertThatCode(
              () -> {
                try {
                  Frames.read(garbage);
                } catch (MalformedFrameException expected) {
                  assertThat(expected).hasMessageNotContaining("null");
                }
              })
          .as("seed 20261125, frame %d", i)
          .doesNotThrowAnyException();
    }
  }
}

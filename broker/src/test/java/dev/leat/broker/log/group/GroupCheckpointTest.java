package dev.leat.broker.log.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.log.AbortedTransactions;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupCheckpointTest {
  private static final GroupId GROUP = GroupId.of(3, 1);
  private static final Replica A = new Replica(0, 10);
  private static final Replica B = new Replica(1, 11);
  private static final Replica C = new Replica(2, 12);
  private static final Replica D = new Replica(3, 13);

  /** A bit of everything that version 1 knew. */
  static GroupCheckpoint sampleOfVersion1() {
    GroupState state = new GroupState(new GroupIdentity(99, B, List.of(A, B, C)));
    PartitionInfo first = new PartitionInfo(1, new TopicPartition(new TopicId(7, 8), 4), "click");
    PartitionInfo second =
        new PartitionInfo(2, new TopicPartition(new TopicId(-7, 9), 0), "bücher");
    PartitionInfo third = new PartitionInfo(3, new TopicPartition(new TopicId(1, 1), 0), "gone");
    state.apply(EntryHeader.plain(GROUP, 1, 1, EntryKind.BARRIER), List.of());
    state.apply(
        EntryHeader.plain(GROUP, 2, 1, EntryKind.TOPIC),
        List.of(
            EntryBodies.topic(
                List.of(
                    new PartitionChange(first, true),
                    new PartitionChange(second, true),
                    new PartitionChange(third, true)))));
    state.apply(
        EntryHeader.plain(GROUP, 3, 1, EntryKind.CLOCK),
        List.of(EntryBodies.clock(new EntryBodies.Clock(1_700_000_000_000L, 0))));
    List<ProducerSpan> spans =
        List.of(
            new ProducerSpan(5, (short) 1, 0, 3, 0, (byte) 0),
            new ProducerSpan(6, (short) 0, 2, 4, 3, (byte) 0),
            new ProducerSpan(5, (short) 1, 3, 2, 7, (byte) 0));
    state.apply(new EntryHeader(GROUP, 4, 1, EntryKind.BATCHES, 1, 0, 8, 1_234, spans), List.of());
    state.apply(
        EntryHeader.plain(GROUP, 5, 1, EntryKind.TOPIC),
        List.of(EntryBodies.topic(List.of(new PartitionChange(third, false)))));
    state.apply(
        EntryHeader.plain(GROUP, 6, 4, EntryKind.CONFIG),
        List.of(EntryBodies.config(new GroupConfig(List.of(A, B, D), List.of(A, B, C)))));
    state.apply(
        new EntryHeader(GROUP, 7, 4, EntryKind.BATCHES, 1, 9, 0, 1_235, List.of()), List.of());
    state.apply(new EntryHeader(GROUP, 8, 4, EntryKind.START, 1, 2, 0, -1, List.of()), List.of());
    return new GroupCheckpoint(state, new Promise(5, D));
  }

  /** A bit of everything: that, and transactions, of which one is open and one aborted. */
  static GroupCheckpoint sample() {
    GroupState state = sampleOfVersion1().state();
    byte marker = ProducerSpan.TRANSACTIONAL | ProducerSpan.CONTROL;
    List<ProducerSpan> spans =
        List.of(
            new ProducerSpan(6, (short) 1, 0, 2, 0, ProducerSpan.TRANSACTIONAL),
            new ProducerSpan(7, (short) 0, 0, 3, 2, ProducerSpan.TRANSACTIONAL),
            new ProducerSpan(6, (short) 1, 12, 1, 5, marker),
            new ProducerSpan(5, (short) 1, 5, 1, 6, (byte) 0));
    state.apply(new EntryHeader(GROUP, 9, 4, EntryKind.BATCHES, 1, 10, 6, 1_240, spans), List.of());
    return new GroupCheckpoint(state, new Promise(5, D));
  }

  @Test
  void shouldComeBackAsItWas() {
    ByteBuffer bytes = sample().encode();

    GroupCheckpoint read = GroupCheckpoint.decode(bytes);

    assertThat(read.encode()).isEqualTo(bytes);
    GroupState state = read.state();
    assertThat(state.seq()).isEqualTo(9);
    assertThat(state.nextNumber()).isEqualTo(4);
    assertThat(state.config()).isEqualTo(new GroupConfig(List.of(A, B, D), List.of(A, B, C)));
    assertThat(state.configSeq()).isEqualTo(6);
    assertThat(read.promise()).isEqualTo(new Promise(5, D));
    PartitionState partition = state.partition(1);
    assertThat(partition.startOffset()).isEqualTo(2);
    assertThat(partition.endOffset()).isEqualTo(17);
    assertThat(partition.lastStableOffset()).isEqualTo(12);
    assertThat(partition.aborted().toList())
        .containsExactly(new AbortedTransactions.Aborted(6, 10, 15, 12));
    assertThat(partition.producer(6).transaction()).isEqualTo(new Transaction(-1, 15, 12));
    assertThat(partition.producer(7).transaction()).isEqualTo(new Transaction(12, -1, -1));
    assertThat(partition.epochs().epochAt(9)).isEqualTo(4);
    assertThat(partition.producer(5).lastSequence()).isEqualTo(5);
    assertThat(partition.producer(5).offsetOf(3, 4)).isEqualTo(7);
    assertThat(partition.producers()).extracting(ProducerState::id).containsExactly(7L, 6L, 5L);
    assertThat(state.find(new TopicPartition(new TopicId(-7, 9), 0)).info().topicName())
        .isEqualTo("bücher");
    assertThat(state.partition(3)).isNull();
  }

  @Test
  void shouldReadCheckpointsOfVersion1() throws IOException {
    GroupCheckpoint read = GroupCheckpoint.decode(golden("checkpoint-v1.hex"));

    assertThat(read.encode()).isEqualTo(sampleOfVersion1().encode());
  }

  /** Written anew with {@code -Dgolden.write=true}; only before its format is released. */
  @Test
  void shouldReadAndWriteCheckpointsOfVersion2() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      String hex = HexFormat.of().formatHex(sample().encode().array());
      Files.writeString(
          Path.of("src/test/resources/dev/leat/broker/log/group/checkpoint-v2.hex"),
          hex.replaceAll("(.{64})", "$1\n") + "\n");
    }

    ByteBuffer golden = golden("checkpoint-v2.hex");

    assertThat(GroupCheckpoint.decode(golden).encode()).isEqualTo(sample().encode());
    assertThat(sample().encode()).isEqualTo(golden);
  }

  private ByteBuffer golden(String name) throws IOException {
    try (InputStream stream = getClass().getResourceAsStream(name)) {
      String hex =
          new String(stream.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
      return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
  }

  @Test
  void shouldFindEveryFlippedBit() {
    byte[] bytes = sample().encode().array();
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;

      assertThatThrownBy(() -> GroupCheckpoint.decode(ByteBuffer.wrap(damaged)))
          .isInstanceOf(CorruptEntryException.class);
    }
  }

  @Test
  void shouldRefuseTruncatedBytes() {
    byte[] bytes = sample().encode().array();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);

      assertThatThrownBy(() -> GroupCheckpoint.decode(cut))
          .isInstanceOf(CorruptEntryException.class);
    }
  }
}

package dev.leat.kafka.records.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.thread.Clock;
import dev.leat.kafka.wire.SlicedRecords;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
  private static final short BY_NAMES = 12;

  private long nowMs;
  private final FetchSessions sessions =
      new FetchSessions(
          new Clock() {
            @Override
            public long monotonicNanos() {
              return nowMs * 1_000_000;
            }

            @Override
            public long wallMs() {
              return nowMs;
            }
          });

  private static FetchRequestData request(int session, int epoch, int... partitions) {
    FetchRequestData request = new FetchRequestData().setSessionId(session).setSessionEpoch(epoch);
    FetchTopic topic = new FetchTopic().setTopic("t");
    for (int partition : partitions) {
      topic.partitions().add(new FetchPartition().setPartition(partition));
    }
    if (partitions.length > 0) {
      request.topics().add(topic);
    }
    return request;
  }

  private FetchSessions.Opened.Partitions open(FetchRequestData request) {
    return (FetchSessions.Opened.Partitions) sessions.open(request, BY_NAMES);
  }

  private Errors refused(FetchRequestData request, int version) {
    return ((FetchSessions.Opened.Refused) sessions.open(request, (short) version)).error();
  }

  private static List<Integer> numbers(FetchSessions.Opened.Partitions opened) {
    return opened.wanted().stream().map(wanted -> wanted.key().partition()).toList();
  }

  private static PartitionData answer(long highWatermark, boolean records) {
    return new PartitionData()
        .setHighWatermark(highWatermark)
        .setLogStartOffset(0)
        .setRecords(
            records ? new SlicedRecords(List.of(ByteBuffer.allocate(1)), 1) : SlicedRecords.NONE);
  }

  @Test
  void shouldRememberPartitions() {
    FetchSessions.Opened.Partitions first = open(request(0, 0, 0, 1, 2));
    FetchRequestData change = request(first.sessionId(), 1, 3);
    change.forgottenTopicsData().add(new ForgottenTopic().setTopic("t").setPartitions(List.of(1)));

    FetchSessions.Opened.Partitions second = open(change);
    FetchSessions.Opened.Partitions third = open(request(first.sessionId(), 2));

    assertThat(first.sessionId()).isPositive();
    assertThat(first.onlyNews()).isFalse();
    assertThat(numbers(first)).containsExactly(0, 1, 2);
    assertThat(numbers(second)).containsExactly(0, 2, 3);
    assertThat(second.onlyNews()).isTrue();
    assertThat(numbers(third)).containsExactly(0, 2, 3);
  }

  @Test
  void shouldTellOnlyNews() {
    FetchSession session = open(request(0, 0, 0, 1)).session().orElseThrow();
    Wanted wanted = session.wanted().getFirst();

    assertThat(session.tell(wanted, answer(5, false))).isTrue();
    assertThat(session.tell(wanted, answer(5, false))).isFalse();
    assertThat(session.tell(wanted, answer(6, false))).isTrue();
    assertThat(session.tell(wanted, answer(6, true))).isTrue();
    PartitionData failed = answer(6, false).setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
    assertThat(session.tell(wanted, failed)).isTrue();
    assertThat(session.tell(wanted, answer(6, false))).as("after an error").isTrue();
  }

  @Test
  void shouldLetPartitionsTakeTurns() {
    FetchSessions.Opened.Partitions first = open(request(0, 0, 0, 1, 2));
    FetchSession session = first.session().orElseThrow();

    session.tell(first.wanted().getFirst(), answer(9, true));

    assertThat(numbers(open(request(session.id(), 1)))).containsExactly(1, 2, 0);
  }

  @Test
  void shouldRefuseWhatDoesNotFollow() {
    int id = open(request(0, 0, 0)).sessionId();

    assertThat(refused(request(id + 1, 1), BY_NAMES)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    assertThat(refused(request(id, 5), BY_NAMES)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    assertThat(refused(request(id, 1), 13)).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    assertThat(open(request(id, -1, 0)).sessionId()).isZero();
    assertThat(refused(request(id, 1), BY_NAMES)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
  }

  @Test
  void shouldEndSessionsThatNobodyUsesWhenThereAreTooMany() {
    int oldest = open(request(0, 0, 0)).sessionId();
    for (int i = 1; i < 1_000; i++) {
      assertThat(open(request(0, 0, 0)).sessionId()).isPositive();
    }

    assertThat(open(request(0, 0, 0)).sessionId()).as("all are in use").isZero();
    nowMs += 121_000;
    assertThat(open(request(0, 0, 0)).sessionId()).isPositive();
    assertThat(refused(request(oldest, 1), BY_NAMES)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
  }
}

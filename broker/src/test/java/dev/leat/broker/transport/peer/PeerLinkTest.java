package dev.leat.broker.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerLinkTest {
  private static final UUID CLUSTER = UUID.randomUUID();

  private final TestPeer zero = new TestPeer(CLUSTER, 0, 1);
  private TestPeer one = new TestPeer(CLUSTER, 1, 1);

  @AfterEach
  void close() {
    zero.close();
    one.close();
  }

  private static PeerEnvelope envelope(PeerMessage message) {
    return new PeerEnvelope(GroupId.of(3, 1), 42, new Replica(0, 1), new Replica(1, 2), message);
  }

  private static PeerMessage base(int bytes) {
    return new PeerMessage.SnapshotEnd(1, 1, ByteBuffer.allocate(bytes));
  }

  @Test
  void shouldCarryMessagesOnBothLanes() throws Exception {
    zero.reach(one);
    zero.await("up 1");

    zero.links().send(1, envelope(new PeerMessage.Collect(3)));
    one.await("0 says Collect[epoch=3]");
    zero.await("open 1");
    int sent = zero.links().sendData(1, envelope(base(100)));

    one.await("0 says SnapshotEnd");
    assertThat(sent).isEqualTo(100);
  }

  @Test
  void shouldTellAtOnceThatAPeerHasDiedAndThatNobodyListensThere() throws Exception {
    zero.reach(one);
    zero.await("up 1");

    one.close();

    zero.await("reset 1");
    zero.await("refused 1");
  }

  @Test
  void shouldLinkAgainWhenThePeerIsBack() throws Exception {
    zero.reach(one);
    zero.await("up 1");
    int port = one.port();
    one.close();
    zero.await("refused 1");

    one = new TestPeer(CLUSTER, 1, 2, port);

    zero.await("up 1 start 2");
  }

  @Test
  void shouldFollowAPeerToItsNewAddress() throws Exception {
    zero.reach(one);
    one.reach(zero);
    zero.await("up 1 start 1");
    one.await("up 0");
    TestPeer later = new TestPeer(CLUSTER, 1, 2);
    later.sameDiskAs(one);
    later.reach(zero);
    later.await("up 0");

    zero.reach(later);

    zero.await("reset 1");
    zero.await("up 1 start 2");
    later.close();
  }

  @Test
  void shouldKeepTheLinkToAProcessThatHasAnotherAddress() throws Exception {
    zero.reach(one);
    zero.await("open 1");

    zero.links().reach(1, "localhost:" + one.port());
    zero.links().send(1, envelope(new PeerMessage.Collect(5)));

    one.await("0 says Collect[epoch=5]");
  }

  @Test
  void shouldDialTheFirstAddressAgainWhenNobodyIsAtTheLast() throws Exception {
    zero.reach(one);
    zero.links().reach(1, "127.0.0.1:1");

    zero.await("up 1");
  }

  @Test
  void shouldRefuseAnotherClusterWithALineThatSaysWhatToDo() throws Exception {
    TestPeer stranger = new TestPeer(UUID.randomUUID(), 2, 1);
    stranger.reach(zero);

    stranger.await("unwelcome 0 " + Verdict.Refusal.OTHER_CLUSTER);
    stranger.close();
  }

  @Test
  void shouldRefuseASecondProcessOfABroker() throws Exception {
    zero.reach(one);
    one.reach(zero);
    one.await("up 0");
    TestPeer twin = new TestPeer(CLUSTER, 1, 1);
    twin.reach(zero);

    twin.await("unwelcome 0 " + Verdict.Refusal.TWO_PROCESSES);
    twin.close();
  }

  @Test
  void shouldRefuseADiskThatWasSetBack() throws Exception {
    one.reach(zero);
    one.await("up 0");
    one.close();
    TestPeer later = new TestPeer(CLUSTER, 1, 5);
    later.sameDiskAs(one);
    later.reach(zero);
    later.await("up 0");
    later.close();

    one = new TestPeer(CLUSTER, 1, 4);
    one.sameDiskAs(later);
    one.reach(zero);

    one.await("unwelcome 0 " + Verdict.Refusal.WENT_BACK);
  }

  @Test
  void shouldDeliverOrdersToAPeerThatTakesNoRecords() throws Exception {
    one.keepMemory();
    zero.reach(one);
    zero.await("open 1");
    int sent = 0;
    while (zero.links().isOpen(1) && sent < 100) {
      zero.links().sendData(1, envelope(base(1 << 20)));
      sent++;
    }

    zero.links().send(1, envelope(new PeerMessage.Collect(4)));

    one.await("0 says Collect[epoch=4]");
    assertThat(sent).as("MiB that a peer can make others hold").isLessThan(20);
    one.releaseMemory();
    zero.await("open 1");
  }
}

package dev.leat.broker.log.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.disk.Verdict.Refusal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PeerTableTest {
  private static final UUID CLUSTER = new UUID(1, 1);
  private static final UUID DISK = new UUID(2, 1);
  private static final UUID OTHER_DISK = new UUID(2, 2);
  private static final FormatRange FORMATS = new FormatRange(1, 2);
  private static final Hello SELF = new Hello(disk(0, new UUID(9, 9), 5, 50), FORMATS, 1);

  private static DiskIdentity disk(int broker, UUID diskId, long starts, long nonce) {
    return new DiskIdentity(CLUSTER, broker, diskId, "volume", starts, nonce, List.of());
  }

  private static Hello hello(UUID diskId, long starts, long nonce) {
    return new Hello(disk(1, diskId, starts, nonce), FORMATS, 1);
  }

  private static PeerTable knowing(Hello... hellos) {
    PeerTable table = PeerTable.EMPTY;
    for (Hello hello : hellos) {
      table = ((Verdict.Welcome) table.judge(SELF, hello, null)).table();
    }
    return table;
  }

  private static Refusal refusal(Verdict verdict) {
    return ((Verdict.Refused) verdict).reason();
  }

  @Test
  void shouldWelcomeEachLaterStart() {
    PeerTable table = knowing(hello(DISK, 1, 10), hello(DISK, 2, 20));

    assertThat(table.of(1, DISK)).contains(new PeerTable.Known(1, DISK, 2, 20));
  }

  @Test
  void shouldWelcomeTheSameProcessAgainWithoutNews() {
    PeerTable table = knowing(hello(DISK, 3, 10));

    Verdict again = table.judge(SELF, hello(DISK, 3, 10), null);

    assertThat(again).isEqualTo(new Verdict.Welcome(table, false));
  }

  @Test
  void shouldRefuseStartThatIsNotAboveAKnownOne() {
    PeerTable table = knowing(hello(DISK, 3, 10));

    // The copy was made before start 3, or during it: its next start is 3 at most, or 3 again.
    Verdict same = table.judge(SELF, hello(DISK, 3, 11), null);
    Verdict earlier = table.judge(SELF, hello(DISK, 2, 12), null);

    assertThat(refusal(same)).isEqualTo(Refusal.WENT_BACK);
    assertThat(refusal(earlier)).isEqualTo(Refusal.WENT_BACK);
  }

  @Test
  void shouldRefuseACopyThatWasStartedTwiceSince() {
    PeerTable table = knowing(hello(DISK, 3, 10));
    DiskIdentity.Start second = new DiskIdentity.Start(2, 9);
    // The copy was made during start 2. It has been started twice since, and nobody was told.
    DiskIdentity copy =
        new DiskIdentity(
            CLUSTER, 1, DISK, "volume", 4, 12, List.of(second, new DiskIdentity.Start(3, 11)));
    DiskIdentity honest =
        new DiskIdentity(
            CLUSTER, 1, DISK, "volume", 4, 12, List.of(second, new DiskIdentity.Start(3, 10)));

    Verdict ofCopy = table.judge(SELF, new Hello(copy, FORMATS, 1), null);
    Verdict ofHonest = table.judge(SELF, new Hello(honest, FORMATS, 1), null);

    assertThat(refusal(ofCopy)).isEqualTo(Refusal.WENT_BACK);
    assertThat(ofHonest).isInstanceOf(Verdict.Welcome.class);
  }

  @Test
  void shouldRememberAfterARestartOfItsOwn() {
    PeerTable table = PeerTable.decode(knowing(hello(DISK, 3, 10)).encode());

    assertThat(refusal(table.judge(SELF, hello(DISK, 3, 11), null))).isEqualTo(Refusal.WENT_BACK);
  }

  @Test
  void shouldWelcomeAnEmptyDiskAndTheOldOneThatComesBack() {
    PeerTable table = knowing(hello(DISK, 3, 10), hello(OTHER_DISK, 1, 20));

    assertThat(table.judge(SELF, hello(DISK, 4, 30), null)).isInstanceOf(Verdict.Welcome.class);
    assertThat(refusal(table.judge(SELF, hello(DISK, 3, 31), null))).isEqualTo(Refusal.WENT_BACK);
  }

  @Test
  void shouldRefuseSecondProcessWithTheSameNumber() {
    DiskIdentity connected = disk(1, DISK, 3, 10);
    PeerTable table = knowing(hello(DISK, 3, 10));

    Verdict otherDisk = table.judge(SELF, hello(OTHER_DISK, 1, 20), connected);
    Verdict copyOfTheDisk = table.judge(SELF, hello(DISK, 3, 30), connected);
    Verdict ownNumber = table.judge(SELF, new Hello(disk(0, OTHER_DISK, 1, 40), FORMATS, 1), null);

    assertThat(refusal(otherDisk)).isEqualTo(Refusal.TWO_PROCESSES);
    assertThat(refusal(copyOfTheDisk)).isEqualTo(Refusal.TWO_PROCESSES);
    assertThat(refusal(ownNumber)).isEqualTo(Refusal.TWO_PROCESSES);
  }

  @Test
  void shouldWelcomeTheNextStartBeforeTheOldConnectionIsGone() {
    DiskIdentity connected = disk(1, DISK, 3, 10);
    PeerTable table = knowing(hello(DISK, 3, 10));

    assertThat(table.judge(SELF, hello(DISK, 4, 20), connected))
        .isInstanceOf(Verdict.Welcome.class);
  }

  @Test
  void shouldRefuseDiskOfAnotherCluster() {
    DiskIdentity stranger = new DiskIdentity(new UUID(7, 7), 1, DISK, "volume", 1, 10, List.of());

    Verdict verdict = PeerTable.EMPTY.judge(SELF, new Hello(stranger, FORMATS, 1), null);

    assertThat(refusal(verdict)).isEqualTo(Refusal.OTHER_CLUSTER);
    assertThat(((Verdict.Refused) verdict).message()).contains(new UUID(7, 7).toString());
  }

  @Test
  void shouldRefuseWhoCannotReadWhatTheClusterWrites() {
    Hello newest = new Hello(SELF.disk(), FORMATS, 2);
    FormatRange old = new FormatRange(1, 1);

    Verdict tooOld = PeerTable.EMPTY.judge(newest, new Hello(disk(1, DISK, 1, 10), old, 1), null);
    Verdict tooNew =
        PeerTable.EMPTY.judge(
            SELF, new Hello(disk(1, DISK, 1, 10), new FormatRange(3, 4), 3), null);
    Verdict both = PeerTable.EMPTY.judge(SELF, new Hello(disk(1, DISK, 1, 10), old, 1), null);

    assertThat(refusal(tooOld)).isEqualTo(Refusal.FORMAT);
    assertThat(refusal(tooNew)).isEqualTo(Refusal.FORMAT);
    assertThat(both).isInstanceOf(Verdict.Welcome.class);
  }

  @Test
  void shouldStayBounded() {
    PeerTable table = PeerTable.EMPTY;
    for (int i = 0; i < 100; i++) {
      table = ((Verdict.Welcome) table.judge(SELF, hello(new UUID(3, i), 1, i), null)).table();
    }

    assertThat(table.disks()).hasSize(PeerTable.MAX_DISKS_PER_BROKER);
    assertThat(table.of(1, new UUID(3, 99))).isPresent();
  }

  @Test
  void shouldRefuseDamagedOrNewerBytes() {
    ByteBuffer bytes = knowing(hello(DISK, 3, 10)).encode();
    ByteBuffer cut = bytes.duplicate().limit(bytes.limit() - 1);
    ByteBuffer newer =
        ByteBuffer.allocate(bytes.limit()).put(bytes.duplicate()).flip().put(0, (byte) 9);

    assertThatThrownBy(() -> PeerTable.decode(cut)).isInstanceOf(CorruptEntryException.class);
    assertThatThrownBy(() -> PeerTable.decode(newer)).hasMessageContaining("version 9");
  }
}

package dev.leat.broker.log.disk;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.disk.Verdict.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * DISK: the highest start that a broker knows of each disk of its peers; kept on its own disk.
 *
 * <p>A start that is not above a known one, by another process, means that the disk was set back:
 * the starts after the copy was made are not on it, and so is not what was acked in them. So does a
 * start above it, on a disk that does not remember the known one: the copy was started more than
 * once before it came to this peer.
 *
 * <pre>
 * version(1) count(4) {broker(4) diskId(16) starts(8) nonce(8)}...
 * </pre>
 *
 * @param disks what is known, heard of last comes last
 */
public record PeerTable(List<Known> disks) {
  /** Nothing is known. */
  public static final PeerTable EMPTY = new PeerTable(List.of());

  /** So many disks of one broker are remembered: an older one that comes back is not recognised. */
  static final int MAX_DISKS_PER_BROKER = 8;

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 5;
  private static final int DISK_BYTES = 36;

  /** The newest start of a disk. */
  public record Known(int broker, UUID diskId, long starts, long nonce) {}

  /** Copies the list. */
  public PeerTable {
    disks = List.copyOf(disks);
  }

  /** What is known of this disk. */
  public Optional<Known> of(int broker, UUID diskId) {
    return disks.stream()
        .filter(disk -> disk.broker() == broker && disk.diskId().equals(diskId))
        .findFirst();
  }

  /**
   * Judges a peer by its first message.
   *
   * @param self what this broker says of itself
   * @param hello what the peer says
   * @param connected who is connected under the peer's number now; null if nobody is
   */
  public Verdict judge(Hello self, Hello hello, @Nullable DiskIdentity connected) {
    DiskIdentity peer = hello.disk();
    if (!peer.clusterId().equals(self.disk().clusterId())) {
      return refuse(
          Refusal.OTHER_CLUSTER,
          "%s belongs to cluster %s, not to %s: start it with a directory of this cluster, or with"
              + " an empty one",
          peer,
          peer.clusterId(),
          self.disk().clusterId());
    }
    if (peer.brokerId() == self.disk().brokerId()) {
      return twoProcesses(peer, self.disk());
    }
    if (!self.formats().knows(hello.written()) || !hello.formats().knows(self.written())) {
      return refuse(
          Refusal.FORMAT,
          "%s writes format %d and knows %s; broker %d writes %d and knows %s: start the release"
              + " that the other brokers run",
          peer,
          hello.written(),
          hello.formats(),
          self.disk().brokerId(),
          self.written(),
          self.formats());
    }
    return judge(peer, connected);
  }

  private Verdict judge(DiskIdentity peer, @Nullable DiskIdentity connected) {
    Known known = of(peer.brokerId(), peer.diskId()).orElse(null);
    boolean sameProcess =
        known != null && known.starts() == peer.starts() && known.nonce() == peer.nonce();
    boolean later =
        known == null || peer.mayHaveHad(new DiskIdentity.Start(known.starts(), known.nonce()));
    // A later start of the same disk: the process before is dead, though its connection may not be.
    boolean succeeds =
        connected == null
            || connected.nonce() == peer.nonce()
            || (connected.diskId().equals(peer.diskId()) && peer.starts() > connected.starts());
    if (!succeeds) {
      return twoProcesses(peer, connected);
    }
    if (!sameProcess && !later) {
      return refuse(
          Refusal.WENT_BACK,
          "%s: another start %d of this disk is known: it was set back to an earlier state; what"
              + " it lacks is copied from its peers",
          peer,
          known.starts());
    }
    return new Verdict.Welcome(sameProcess ? this : with(peer), !sameProcess);
  }

  private static Verdict twoProcesses(DiskIdentity peer, DiskIdentity other) {
    return refuse(
        Refusal.TWO_PROCESSES,
        "%s and %s run with the same number: stop one of them, or give it another number",
        peer,
        other);
  }

  private static Verdict refuse(Refusal reason, String format, Object... values) {
    return new Verdict.Refused(reason, format.formatted(values));
  }

  private PeerTable with(DiskIdentity peer) {
    List<Known> next = new ArrayList<>(disks);
    next.removeIf(disk -> disk.broker() == peer.brokerId() && disk.diskId().equals(peer.diskId()));
    List<Known> others = next.stream().filter(disk -> disk.broker() == peer.brokerId()).toList();
    if (others.size() >= MAX_DISKS_PER_BROKER) {
      next.remove(others.getFirst());
    }
    next.add(new Known(peer.brokerId(), peer.diskId(), peer.starts(), peer.nonce()));
    return new PeerTable(next);
  }

  /** As bytes. */
  public ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + DISK_BYTES * disks.size());
    out.put(VERSION).putInt(disks.size());
    for (Known disk : disks) {
      out.putInt(disk.broker())
          .putLong(disk.diskId().getMostSignificantBits())
          .putLong(disk.diskId().getLeastSignificantBits())
          .putLong(disk.starts())
          .putLong(disk.nonce());
    }
    return out.flip();
  }

  /**
   * From bytes.
   *
   * @throws CorruptEntryException if they are malformed, or of a newer version
   */
  public static PeerTable decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate();
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new CorruptEntryException(
            "table of peers: version " + version + ", this release knows " + VERSION);
      }
      List<Known> disks = new ArrayList<>();
      for (int left = in.getInt(); left > 0; left--) {
        disks.add(
            new Known(
                in.getInt(), new UUID(in.getLong(), in.getLong()), in.getLong(), in.getLong()));
      }
      return new PeerTable(disks);
    } catch (BufferUnderflowException e) {
      throw new CorruptEntryException("table of peers: cut short");
    }
  }
}

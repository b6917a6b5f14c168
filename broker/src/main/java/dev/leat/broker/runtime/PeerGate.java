package dev.leat.broker.runtime;

import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.PeerTable;
import dev.leat.broker.log.disk.Verdict;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * DISK: judges peers by their hello, and remembers them on disk before they are welcome. Any thread
 * that may wait for the disk.
 */
public final class PeerGate {
  private final BrokerDisk disk;
  private final Supplier<Hello> self;
  private volatile boolean open;

  /**
   * A gate.
   *
   * @param self what this broker says of itself now
   */
  public PeerGate(BrokerDisk disk, Supplier<Hello> self) {
    this.disk = disk;
    this.self = self;
  }

  /** What the disk holds can be counted on, or has withdrawn: peers may be answered. */
  public void open() {
    open = true;
  }

  /** Whether peers may be answered. */
  public boolean isOpen() {
    return open;
  }

  /** What this broker says first on every link. */
  public Hello hello() {
    return self.get();
  }

  /**
   * Judges a peer.
   *
   * @param connected who is connected under its number now; null if nobody is
   */
  public synchronized Verdict judge(Hello peer, @Nullable DiskIdentity connected) {
    PeerTable known = disk.peers();
    Verdict verdict = known.judge(self.get(), peer, connected);
    if (verdict instanceof Verdict.Welcome(PeerTable table, boolean news) && news) {
      disk.keep(table);
    }
    return verdict;
  }
}

package dev.leat.broker.server;

import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.PeerTable;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Identity that lasts as long as the process: until the journal keeps it. */
final class UnkeptDisk implements BrokerDisk {
  private final DiskIdentity identity;
  private volatile PeerTable peers = PeerTable.EMPTY;

  UnkeptDisk(UUID clusterId, int brokerId) {
    identity =
        new DiskIdentity(
            clusterId,
            brokerId,
            UUID.randomUUID(),
            "",
            System.currentTimeMillis(),
            ThreadLocalRandom.current().nextLong());
  }

  @Override
  public DiskIdentity identity() {
    return identity;
  }

  @Override
  public Optional<Withdrawal> doubt() {
    return Optional.empty();
  }

  @Override
  public void doubt(Withdrawal reason) {}

  @Override
  public boolean lossAccepted() {
    return false;
  }

  @Override
  public DiskIdentity settle() {
    return identity;
  }

  @Override
  public PeerTable peers() {
    return peers;
  }

  @Override
  public void keep(PeerTable table) {
    peers = table;
  }
}

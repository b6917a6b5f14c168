package dev.leat.broker.journal.store;

import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.PeerTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The disk of a journal's directory: its mark is in the catalog, its peers in {@code peers.a .b}.
 */
public final class StoreDisk implements BrokerDisk {
  /** Names of the files. */
  public static final String PEERS = "peers";

  private final Catalog catalog;
  private final Supplier<UUID> randomIds;
  private final TwinFile file;
  private final long nonce;
  private PeerTable peers;

  /** The disk of an open directory. */
  public StoreDisk(Path directory, Catalog catalog, Supplier<UUID> randomIds) throws IOException {
    this.catalog = catalog;
    this.randomIds = randomIds;
    this.file = new TwinFile(directory, PEERS);
    this.nonce = randomIds.get().getLeastSignificantBits();
    ByteBuffer kept = file.read();
    this.peers = kept == null ? PeerTable.EMPTY : PeerTable.decode(kept);
  }

  /**
   * Notes on what the directory lies. Another volume than before is in doubt, unless the broker has
   * never had peers: then nobody can know better what it should hold.
   */
  public void start(Path directory, StoreIdentity wanted) throws IOException {
    DiskMark mark = catalog.state().disk();
    String named = wanted.volume();
    String volume = named == null ? DiskMark.volumeOf(directory) : named;
    String found = volume.isEmpty() ? mark.volume() : volume;
    if (mark.liesElsewhereThan(found) && !peers.disks().isEmpty() && mark.doubt() == null) {
      mark = mark.doubted(Withdrawal.DISK_EXCHANGED);
    }
    DiskMark next = mark.on(found, new DiskIdentity.Start(catalog.state().starts(), nonce));
    catalog.update(state -> state.with(next));
  }

  @Override
  public synchronized DiskIdentity identity() {
    CatalogState state = catalog.state();
    return new DiskIdentity(
        state.identity().clusterId(),
        state.identity().brokerId(),
        state.disk().diskId(),
        state.disk().volume(),
        state.starts(),
        nonce,
        state.disk().past().stream().filter(start -> start.number() < state.starts()).toList());
  }

  @Override
  public Optional<Withdrawal> doubt() {
    return Optional.ofNullable(catalog.state().disk().doubt());
  }

  @Override
  public void doubt(Withdrawal reason) {
    catalog.update(state -> state.with(state.disk().doubted(reason)));
  }

  @Override
  public boolean lossAccepted() {
    return catalog.state().disk().lossAccepted();
  }

  @Override
  public DiskIdentity settle() {
    UUID fresh = randomIds.get();
    catalog.update(state -> state.with(DiskMark.sound(fresh, state.disk().volume())));
    return identity();
  }

  @Override
  public synchronized PeerTable peers() {
    return peers;
  }

  @Override
  public synchronized void keep(PeerTable table) {
    try {
      file.write(table.encode());
    } catch (IOException e) {
      throw new UncheckedIOException("table of peers cannot be written: " + e.getMessage(), e);
    }
    peers = table;
  }
}

package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalException.Reason;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.journal.segment.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Which file is what. Every change is durable before it is acted upon. Used by the journal loop and
 * the keeper.
 */
public final class Catalog {
  public static final String NAME = "catalog";

  private final TwinFile file;
  private CatalogState state;

  private Catalog(TwinFile file, CatalogState state) {
    this.file = file;
    this.state = state;
  }

  /**
   * Opens a directory's catalog, or makes it.
   *
   * @param storeIds makes a random id for a new directory
   */
  public static Catalog open(Path directory, StoreIdentity identity, Supplier<UUID> storeIds)
      throws IOException {
    TwinFile file = new TwinFile(directory, NAME);
    if (isNew(file, directory)) {
      return new Catalog(file, CatalogState.create(nameless(identity), storeIds.get()));
    }
    CatalogState state = read(file, directory);
    checkIdentity(directory, state.identity(), identity);
    return new Catalog(file, state);
  }

  /**
   * Opens the catalog of a directory, whosever it is.
   *
   * @throws JournalException if there is none that can be read
   */
  public static Catalog openExisting(Path directory) throws IOException {
    TwinFile file = new TwinFile(directory, NAME);
    return new Catalog(file, read(file, directory));
  }

  /** The volume is not part of whose data it is. */
  private static StoreIdentity nameless(StoreIdentity identity) {
    return new StoreIdentity(identity.clusterId(), identity.brokerId());
  }

  /** Whether a directory has a catalog, whole or not. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(NAME + ".a"))
        || Files.exists(directory.resolve(NAME + ".b"));
  }

  /** Whose directory it is; empty if nothing is there yet. */
  public static Optional<StoreIdentity> identityOf(Path directory) throws IOException {
    TwinFile file = new TwinFile(directory, NAME);
    return isNew(file, directory)
        ? Optional.empty()
        : Optional.of(read(file, directory).identity());
  }

  /** Whether there is nothing yet, or a crash ended the very first start. */
  private static boolean isNew(TwinFile file, Path directory) throws IOException {
    return !Files.exists(directory.resolve(Segment.DIRECTORY)) && file.read() == null;
  }

  public static CatalogState read(TwinFile file, Path directory) throws IOException {
    ByteBuffer bytes = file.read();
    if (bytes == null) {
      throw new JournalException(
          Reason.DAMAGED,
          directory
              + ": both copies of the catalog are damaged: restore the directory from a copy, or"
              + " start this broker with an empty one");
    }
    return CatalogState.decode(directory, bytes);
  }

  private static void checkIdentity(Path directory, StoreIdentity found, StoreIdentity wanted) {
    if (!found.clusterId().equals(wanted.clusterId())) {
      throw new JournalException(
          Reason.FOREIGN,
          directory
              + " belongs to cluster "
              + found.clusterId()
              + ", not to "
              + wanted.clusterId()
              + ": use another directory");
    }
    if (found.brokerId() != wanted.brokerId()) {
      throw new JournalException(
          Reason.FOREIGN,
          directory
              + " belongs to broker "
              + found.brokerId()
              + ", not to broker "
              + wanted.brokerId()
              + ": use another directory");
    }
  }

  public synchronized CatalogState state() {
    return state;
  }

  /** Changes the catalog; the change is durable when this returns. */
  public synchronized CatalogState update(UnaryOperator<CatalogState> change) {
    CatalogState next = change.apply(state);
    try {
      file.write(next.encode());
    } catch (IOException e) {
      throw new UncheckedIOException("catalog cannot be written: " + e.getMessage(), e);
    }
    state = next;
    return next;
  }
}

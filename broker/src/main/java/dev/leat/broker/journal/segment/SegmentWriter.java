package dev.leat.broker.journal.segment;

import static org.lmdbjava.DbiFlags.MDB_CREATE;
import static org.lmdbjava.EnvFlags.MDB_NOLOCK;
import static org.lmdbjava.EnvFlags.MDB_NOMETASYNC;
import static org.lmdbjava.EnvFlags.MDB_NORDAHEAD;
import static org.lmdbjava.EnvFlags.MDB_NOSUBDIR;
import static org.lmdbjava.EnvFlags.MDB_NOTLS;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * The only hand that writes into a segment's LMDB environment. One thread at a time: the journal
 * loop while the segment is hot, the keeper while it is sealed.
 *
 * <p>Flags: MDB_NOMETASYNC makes a commit cost one fdatasync: transaction n is durable once n + 1
 * is committed, or after {@link #sync}. MDB_NOLOCK: this process holds the directory's lock, nobody
 * reads through LMDB, so its lock file and reader table have no work. Nothing is ever deleted, and
 * all entries are appended at the end: a leaf that is not the last one, and a value in pages of its
 * own, stay where they are for good.
 */
public final class SegmentWriter implements AutoCloseable {
  /** Name of the tree of entries, by position. */
  public static final String ENTRIES = "entries";

  /** Name of the tree of whose the segment is, and of the index and summary that sealing adds. */
  public static final String INDEX = "index";

  private static final EnvFlags[] FLAGS = {
    MDB_NOSUBDIR, MDB_NOLOCK, MDB_NOTLS, MDB_NORDAHEAD, MDB_NOMETASYNC
  };
  private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};
  private static final int MAX_TREES = 4;
  private static final int FILE_MODE = 0644;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> entries;
  private final Dbi<ByteBuffer> index;
  private final ByteBuffer indexKey = ByteBuffer.allocateDirect(Long.BYTES);
  private @Nullable Txn<ByteBuffer> open;

  private SegmentWriter(Env<ByteBuffer> env) {
    this.env = env;
    this.open = env.txnWrite();
    this.entries = tree(open, ENTRIES);
    this.index = tree(open, INDEX);
  }

  private Dbi<ByteBuffer> tree(Txn<ByteBuffer> txn, String name) {
    return env.openDbi(txn, name.getBytes(StandardCharsets.US_ASCII), null, false, MDB_CREATE);
  }

  /**
   * Opens a file that exists and is sound, or makes a new one. A transaction is open then, so that
   * the first entries and the trees for them share a commit.
   *
   * @param mapBytes address space for the file; how far it may grow
   */
  public static SegmentWriter open(Path file, long mapBytes) {
    Env<ByteBuffer> env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(mapBytes)
            .setMaxDbs(MAX_TREES)
            .open(file.toFile(), FILE_MODE, FLAGS);
    return new SegmentWriter(env);
  }

  /** Adds an entry with the greatest key so far; its body is to be written into the result. */
  public ByteBuffer append(ByteBuffer key, int size) {
    return entries.reserve(transaction(), key, size, APPEND);
  }

  /** Adds to the index tree, or replaces what it has under this key. */
  public void putIndex(long key, ByteBuffer value) {
    indexKey.putLong(0, key);
    index.reserve(transaction(), indexKey, value.remaining()).put(value.duplicate());
  }

  /** Ends the transaction. It is durable after the next one, or {@link #sync}. */
  public void commit() {
    try (Txn<ByteBuffer> txn = transaction()) {
      open = null;
      txn.commit();
    }
  }

  /** Makes all commits durable. */
  public void sync() {
    env.sync(true);
  }

  private Txn<ByteBuffer> transaction() {
    Txn<ByteBuffer> current = open;
    if (current == null) {
      current = env.txnWrite();
      open = current;
    }
    return current;
  }

  /** Closes the file; an open transaction is undone. */
  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
    env.close();
  }
}

package dev.leat.broker.log.group;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Bodies of all entries but batches, byte by byte (big endian). Each begins with its format version
 * (1 byte). Drawn in docs/STORAGE-FORMAT.md.
 *
 * <p>Which version is written is said from outside ({@link #stamp}): the newest that all brokers of
 * the cluster know. Whoever takes entries in looks at {@link #version} first.
 *
 * <pre>
 * replica   broker(4) replicaId(8)
 * voters    count(1) replica...
 * TOPIC     version(1) count(4) {created(1) number(4) topicId(16) partition(4) length(2) name}...
 * CONFIG    version(1) voters prev
 * CLOCK     version(1) clockMs(8) expireBeforeMs(8)
 * PROMISE   version(1) epoch(4) replica
 * REPLICA   version(1) history(8) replica voters
 * BARRIER, START: empty
 * </pre>
 */
public final class EntryBodies {
  /** The layout drawn above. */
  public static final byte VERSION = 1;

  /** Longest topic name: Kafka's limit. */
  public static final int MAX_NAME_BYTES = 249;

  private static final int REPLICA_BYTES = 12;

  private EntryBodies() {}

  /** Format version of an entry; 0 if its kind has none. */
  public static int version(Entry entry) {
    return switch (entry.header().kind()) {
      case TOPIC, CONFIG, CLOCK, PROMISE, REPLICA -> {
        ByteBuffer first = entry.body().getFirst();
        yield first.get(first.position());
      }
      case BATCHES, BARRIER, START, BASE, MOVED -> 0;
    };
  }

  /** Marks a new body as one of this version. */
  public static ByteBuffer stamp(ByteBuffer body, int version) {
    return body.hasRemaining() ? body.put(body.position(), (byte) version) : body;
  }

  /** The leader's clock, and since when producers must have been heard of to be kept. */
  public record Clock(long clockMs, long expireBeforeMs) {}

  /** Body of a TOPIC entry. */
  public static ByteBuffer topic(List<PartitionChange> changes) {
    List<byte[]> names = new ArrayList<>(changes.size());
    int size = 1 + 4;
    for (PartitionChange change : changes) {
      byte[] name = change.info().topicName().getBytes(StandardCharsets.UTF_8);
      Invariant.check(name.length <= MAX_NAME_BYTES, "name of %d bytes, %d fit", name.length, 249);
      names.add(name);
      size += topicLineBytes(name.length);
    }
    ByteBuffer body = ByteBuffer.allocate(size).put(VERSION).putInt(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      PartitionInfo info = changes.get(i).info();
      body.put((byte) (changes.get(i).created() ? 1 : 0)).putInt(info.number());
      info.id().topic().write(body);
      body.putInt(info.id().partition()).putShort((short) names.get(i).length).put(names.get(i));
    }
    return body.flip();
  }

  private static int topicLineBytes(int nameBytes) {
    return 1 + 4 + TopicId.SIZE_BYTES + 4 + 2 + nameBytes;
  }

  /** Reads the body of a TOPIC entry. */
  public static List<PartitionChange> topic(ByteBuffer body) {
    return read("TOPIC", body, EntryBodies::readTopic);
  }

  private static List<PartitionChange> readTopic(ByteBuffer from) {
    int count = from.getInt();
    List<PartitionChange> changes = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      boolean created = from.get() != 0;
      int number = from.getInt();
      TopicPartition id = new TopicPartition(TopicId.read(from), from.getInt());
      byte[] name = new byte[from.getShort()];
      from.get(name);
      String topicName = new String(name, StandardCharsets.UTF_8);
      changes.add(new PartitionChange(new PartitionInfo(number, id, topicName), created));
    }
    return changes;
  }

  /** Body of a CONFIG entry. */
  public static ByteBuffer config(GroupConfig config) {
    ByteBuffer body =
        ByteBuffer.allocate(3 + REPLICA_BYTES * (config.voters().size() + config.prev().size()));
    body.put(VERSION);
    putReplicas(body, config.voters());
    putReplicas(body, config.prev());
    return body.flip();
  }

  /** Reads the body of a CONFIG entry. */
  public static GroupConfig config(ByteBuffer body) {
    return read("CONFIG", body, from -> new GroupConfig(getReplicas(from), getReplicas(from)));
  }

  /** Body of a CLOCK entry. */
  public static ByteBuffer clock(Clock clock) {
    return ByteBuffer.allocate(17)
        .put(VERSION)
        .putLong(clock.clockMs())
        .putLong(clock.expireBeforeMs())
        .flip();
  }

  /** Reads the body of a CLOCK entry. */
  public static Clock clock(ByteBuffer body) {
    return read("CLOCK", body, from -> new Clock(from.getLong(), from.getLong()));
  }

  /** Body of a PROMISE entry. */
  public static ByteBuffer promise(int epoch, Replica leader) {
    ByteBuffer body = ByteBuffer.allocate(5 + REPLICA_BYTES).put(VERSION).putInt(epoch);
    putReplica(body, leader);
    return body.flip();
  }

  /** Reads the body of a PROMISE entry. */
  public static Promise promise(ByteBuffer body) {
    return read("PROMISE", body, from -> new Promise(from.getInt(), getReplica(from)));
  }

  /** Body of a REPLICA entry. */
  public static ByteBuffer identity(GroupIdentity identity) {
    ByteBuffer body =
        ByteBuffer.allocate(10 + REPLICA_BYTES * (1 + identity.firstVoters().size()))
            .put(VERSION)
            .putLong(identity.history());
    putReplica(body, identity.self());
    putReplicas(body, identity.firstVoters());
    return body.flip();
  }

  /** Reads the body of a REPLICA entry. */
  public static GroupIdentity identity(ByteBuffer body) {
    return read(
        "REPLICA",
        body,
        from -> new GroupIdentity(from.getLong(), getReplica(from), getReplicas(from)));
  }

  /** The pieces of a body as one buffer of its own. */
  public static ByteBuffer join(List<ByteBuffer> pieces) {
    if (pieces.size() == 1) {
      return pieces.getFirst().duplicate();
    }
    int size = pieces.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer joined = ByteBuffer.allocate(size);
    pieces.forEach(piece -> joined.put(piece.duplicate()));
    return joined.flip();
  }

  private static <T> T read(String kind, ByteBuffer body, Function<ByteBuffer, T> reader) {
    try {
      ByteBuffer from = body.duplicate();
      byte version = from.get();
      if (version < VERSION) {
        throw new CorruptEntryException(kind + " entry of version " + version);
      }
      T value = reader.apply(from);
      if (from.hasRemaining()) {
        throw new CorruptEntryException(kind + " entry has bytes left: " + from.remaining());
      }
      return value;
    } catch (BufferUnderflowException | NegativeArraySizeException | IllegalStateException e) {
      throw new CorruptEntryException(kind + " entry is cut short or malformed: " + e);
    }
  }

  static void putReplica(ByteBuffer to, Replica replica) {
    to.putInt(replica.broker()).putLong(replica.replicaId());
  }

  static Replica getReplica(ByteBuffer from) {
    return new Replica(from.getInt(), from.getLong());
  }

  private static void putReplicas(ByteBuffer to, List<Replica> replicas) {
    to.put((byte) replicas.size());
    replicas.forEach(replica -> putReplica(to, replica));
  }

  private static List<Replica> getReplicas(ByteBuffer from) {
    int count = from.get();
    List<Replica> replicas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      replicas.add(getReplica(from));
    }
    return replicas;
  }
}

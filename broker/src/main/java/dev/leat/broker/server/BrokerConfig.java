package dev.leat.broker.server;

import dev.leat.crds.ResourceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one broker is told at its start.
 *
 * @param brokerId number of the broker, from 0
 * @param cluster name of the Cluster resource
 * @param directory where its journal lies
 * @param host address that the listeners bind to
 * @param advertisedHost what clients and other brokers are told
 * @param grpcPort port of the gRPC listener; 0: any free one
 * @param peerPort port that other brokers are told, if something stands before the gRPC listener
 *     for them; 0: that of the gRPC listener
 * @param httpPort port of metrics and probes; 0: any free one; -1: none
 * @param groups replica groups per class; fixed for the life of a cluster
 * @param segmentBytes size of a journal segment
 * @param journalMaxBytes most that the journal may take on disk; 0: as much as the disk has
 * @param retentionIntervalMs time between two looks for what retention lets go
 * @param seeds host:port of other brokers as known beforehand, by number; the store and the brokers
 *     themselves tell of more
 * @param memory bounds of what requests may hold
 * @param kafka what the Kafka listener is told
 * @param external listeners for clients that see the brokers at other addresses
 * @param place where it runs
 * @param limits what the clients of each listener may take of it
 */
public record BrokerConfig(
    int brokerId,
    ResourceName cluster,
    Path directory,
    String host,
    String advertisedHost,
    int grpcPort,
    int peerPort,
    int httpPort,
    int groups,
    long segmentBytes,
    long journalMaxBytes,
    long retentionIntervalMs,
    Map<Integer, String> seeds,
    MemoryLimits memory,
    KafkaConfig kafka,
    List<ExternalListener> external,
    Place place,
    ListenerLimits limits) {
  /** Default number of groups per class. */
  public static final int DEFAULT_GROUPS = 64;

  /** The only Cluster of a laptop. */
  public static final ResourceName EMBEDDED_CLUSTER = new ResourceName("default", "local");

  /** Default segment size on a laptop. On Kubernetes it is 1 GiB. */
  public static final long EMBEDDED_SEGMENT_BYTES = 64L << 20;

  /** Time between two looks for what retention lets go, unless given. */
  public static final long DEFAULT_RETENTION_INTERVAL_MS = 1_000;

  /** Checks what no broker can start with. */
  public BrokerConfig {
    Objects.requireNonNull(directory);
    Objects.requireNonNull(host);
    Objects.requireNonNull(advertisedHost);
    seeds = Map.copyOf(seeds);
    external = List.copyOf(external);
    if (brokerId < 0) {
      throw new IllegalArgumentException(
          "broker id " + brokerId + " is negative: brokers are numbered from 0");
    }
    if (groups < 1 || groups > 4096) {
      throw new IllegalArgumentException(groups + " groups per class: 1 to 4096 are possible");
    }
  }

  /** A broker on this machine with defaults for everything but its directory and ports. */
  public static BrokerConfig embedded(
      int brokerId, Path directory, String host, int grpcPort, int httpPort) {
    return new BrokerConfig(
        brokerId,
        EMBEDDED_CLUSTER,
        directory,
        host,
        host,
        grpcPort,
        0,
        httpPort,
        DEFAULT_GROUPS,
        EMBEDDED_SEGMENT_BYTES,
        0,
        DEFAULT_RETENTION_INTERVAL_MS,
        Map.of(),
        MemoryLimits.ofHeap(Runtime.getRuntime().maxMemory()),
        KafkaConfig.NONE,
        List.of(),
        Place.HERE,
        ListenerLimits.DEFAULT);
  }

  /** The same in another cluster. */
  public BrokerConfig withCluster(ResourceName name) {
    return with(draft -> draft.cluster = name);
  }

  /** The same with other bounds of memory. */
  public BrokerConfig withMemory(MemoryLimits limits) {
    return with(draft -> draft.memory = limits);
  }

  /** The same, where other brokers are told another port. */
  public BrokerConfig withPeerPort(int port) {
    return with(draft -> draft.peerPort = port);
  }

  /** The same with another number of groups per class. */
  public BrokerConfig withGroups(int number) {
    return with(draft -> draft.groups = number);
  }

  /** The same with a Kafka listener. */
  public BrokerConfig withKafka(KafkaConfig config) {
    return with(draft -> draft.kafka = config);
  }

  /** The same with listeners for clients outside. */
  public BrokerConfig withExternal(List<ExternalListener> listeners) {
    return with(draft -> draft.external = listeners);
  }

  /**
   * The same with other segments, less disk, and another time between two looks for what can go.
   */
  public BrokerConfig withJournal(long bytes, long maxBytes, long intervalMs) {
    return with(
        draft -> {
          draft.segmentBytes = bytes;
          draft.journalMaxBytes = maxBytes;
          draft.retentionIntervalMs = intervalMs;
        });
  }

  /** The same in a failure domain. */
  public BrokerConfig withZone(String name) {
    return with(draft -> draft.place = new Place(name, place.peerHost(), place.volume()));
  }

  /** The same with a directory on this volume; see {@link Place#volume}. */
  public BrokerConfig withVolume(String name) {
    return with(draft -> draft.place = new Place(place.zone(), place.peerHost(), name));
  }

  /** The same with other limits of connections. */
  public BrokerConfig withLimits(ListenerLimits other) {
    return with(draft -> draft.limits = other);
  }

  private BrokerConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.config();
  }

  /** A copy in which some things can be changed. */
  private static final class Draft {
    private final BrokerConfig from;
    private ResourceName cluster;
    private int peerPort;
    private int groups;
    private long segmentBytes;
    private long journalMaxBytes;
    private long retentionIntervalMs;
    private MemoryLimits memory;
    private KafkaConfig kafka;
    private List<ExternalListener> external;
    private Place place;
    private ListenerLimits limits;

    Draft(BrokerConfig from) {
      this.from = from;
      cluster = from.cluster;
      peerPort = from.peerPort;
      groups = from.groups;
      segmentBytes = from.segmentBytes;
      journalMaxBytes = from.journalMaxBytes;
      retentionIntervalMs = from.retentionIntervalMs;
      memory = from.memory;
      kafka = from.kafka;
      external = from.external;
      place = from.place;
      limits = from.limits;
    }

    BrokerConfig config() {
      return new BrokerConfig(
          from.brokerId,
          cluster,
          from.directory,
          from.host,
          from.advertisedHost,
          from.grpcPort,
          peerPort,
          from.httpPort,
          groups,
          segmentBytes,
          journalMaxBytes,
          retentionIntervalMs,
          from.seeds,
          memory,
          kafka,
          external,
          place,
          limits);
    }
  }

  /**
   * Where a broker runs, as far as it is told.
   *
   * @param zone failure domain over which voters are spread; empty if unknown
   * @param peerHost where other brokers reach it, without asking for a name; empty: where clients
   *     do
   * @param volume what the directory lies on, by the name of whoever mounted it; empty: nobody can
   *     tell now; null: nobody ever can, so that the directory itself has to do
   */
  public record Place(String zone, String peerHost, @Nullable String volume) {
    /** On this machine. */
    public static final Place HERE = new Place("", "", null);
  }

  /**
   * Bounds of memory that clients can make the broker hold.
   *
   * @param produceBytes produce requests that are not acknowledged yet, of all clients; beyond it
   *     their streams are not read
   * @param fetchBytes responses that wait for slow consumers, of all streams; beyond it nothing is
   *     read for them
   * @param peerBytes records that came from other brokers and are not on disk yet; beyond it they
   *     are not read
   */
  public record MemoryLimits(long produceBytes, long fetchBytes, long peerBytes) {
    private static final long MAX_BYTES = 64L << 20;

    /**
     * A quarter of the largest heap each (direct memory is bounded by the same number), at most 64
     * MiB.
     */
    public static MemoryLimits ofHeap(long maxHeapBytes) {
      long quarter = Math.min(MAX_BYTES, maxHeapBytes / 4);
      return new MemoryLimits(quarter, quarter, quarter);
    }
  }
}

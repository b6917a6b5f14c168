package dev.leat.client.internal.net;

import dev.leat.client.ClientConfig;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.ClientLoop.Timer;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.WatchMetadataRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one metadata stream open, to any broker that lives, and tells {@link Cluster} what it says.
 * When the stream ends, the next address is tried; after a whole round of them, with a growing
 * pause. A new topic of interest opens a new stream beside the old one, which ends with the first
 * message of the new one. Belongs to the loop, but for {@link #topic}.
 */
public final class MetadataWatch {

  private static final Logger LOG = LoggerFactory.getLogger(MetadataWatch.class);

  /** A broker that does not answer for so long is passed over. */
  private static final long FIRST_ANSWER_MS = 3_000;

  /** So long may a topic that was just made stay unknown to a broker that did not make it. */
  private static final long NEW_TOPIC_MS = 2_000;

  private final ClientLoop loop;
  private final Channels channels;
  private final Cluster cluster;
  private final ClientConfig config;
  private final Backoff backoff;
  private final Set<String> wanted = new TreeSet<>();
  private final Map<String, List<CompletableFuture<TopicInfo>>> waiting = new HashMap<>();
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private @Nullable Stream current;
  private @Nullable Stream next;
  private int turn;
  private int failuresInARow;
  private String lastFailure = "no broker was asked yet";
  private boolean closed;

  /** Not started yet. */
  public MetadataWatch(ClientLoop loop, Channels channels, Cluster cluster, ClientConfig config) {
    this.loop = loop;
    this.channels = channels;
    this.cluster = cluster;
    this.config = config;
    backoff = new Backoff(config);
    cluster.add(new Arrivals());
  }

  /** Begins; the future completes when a broker has told the state of the cluster. */
  public CompletableFuture<Void> start() {
    loop.execute(this::open);
    return connected;
  }

  /** Why no broker could be reached lately. For any thread. */
  public synchronized String lastFailure() {
    return lastFailure;
  }

  /**
   * What is known of a topic, as soon as it is. Fails if there is no such topic. For any thread.
   */
  public CompletableFuture<TopicInfo> topic(String name) {
    CompletableFuture<TopicInfo> future = new CompletableFuture<>();
    loop.execute(() -> want(name, future));
    return future;
  }

  /** Ends; everybody who waits fails. */
  public void close() {
    closed = true;
    cancel(current);
    cancel(next);
    LeatException failure = LeatException.of(LeatErrorCode.CLOSED, "the client is closed");
    connected.completeExceptionally(failure);
    waiting.values().forEach(list -> list.forEach(f -> f.completeExceptionally(failure)));
    waiting.clear();
  }

  private void want(String name, CompletableFuture<TopicInfo> future) {
    if (closed) {
      future.completeExceptionally(LeatException.of(LeatErrorCode.CLOSED, "the client is closed"));
      return;
    }
    TopicInfo known = cluster.topic(name).orElse(null);
    if (known != null) {
      future.complete(known);
      return;
    }
    waiting.computeIfAbsent(name, topic -> new ArrayList<>()).add(future);
    if (wanted.add(name)) {
      // Several topics that are wanted together cost one stream.
      loop.execute(this::open);
    } else if (current != null && current.topics.contains(name)) {
      expectSoon(name);
    }
  }

  /** Gives up waiting for a topic that a broker does not know. */
  private void expectSoon(String name) {
    loop.schedule(
        () -> {
          List<CompletableFuture<TopicInfo>> futures = waiting.remove(name);
          if (futures != null) {
            LeatException unknown =
                LeatException.of(
                    LeatErrorCode.UNKNOWN_TOPIC,
                    "topic '" + name + "' does not exist: create it first, or check its name");
            futures.forEach(future -> future.completeExceptionally(unknown));
          }
        },
        NEW_TOPIC_MS);
  }

  /** Opens a stream for all that is wanted, unless one is there or under way. */
  private void open() {
    if (closed
        || (next != null && next.topics.equals(wanted))
        || (next == null && current != null && current.topics.equals(wanted))) {
      return;
    }
    cancel(next);
    List<String> addresses = addresses();
    String address = addresses.get(Math.floorMod(turn, addresses.size()));
    next = new Stream(address, Set.copyOf(wanted));
    next.start();
  }

  private List<String> addresses() {
    Set<String> addresses = new LinkedHashSet<>(config.bootstrap());
    addresses.addAll(cluster.addresses());
    return List.copyOf(addresses);
  }

  private static void cancel(@Nullable Stream stream) {
    if (stream != null) {
      stream.cancel("not needed any more");
    }
  }

  private void onFailure(Stream stream, Status status) {
    synchronized (this) {
      lastFailure = String.valueOf(Failures.of(status, null, stream.address).getMessage());
    }
    LOG.debug("metadata stream to {} ended: {}", stream.address, status);
    if (stream == current) {
      current = null;
    }
    if (stream == next) {
      next = null;
    }
    turn++;
    failuresInARow++;
    boolean wholeRound = failuresInARow % addresses().size() == 0;
    if (wholeRound) {
      loop.schedule(this::open, backoff.nextMs());
    } else {
      open();
    }
  }

  private void onUpdate(Stream stream, MetadataUpdate update) {
    if (stream == next) {
      cancel(current);
      current = next;
      next = null;
      failuresInARow = 0;
      backoff.reset();
    }
    cluster.apply(update);
    if (!stream.told) {
      stream.told = true;
      connected.complete(null);
      for (String name : List.copyOf(waiting.keySet())) {
        if (stream.topics.contains(name)) {
          expectSoon(name);
        }
      }
      doubtMissing(stream, update);
    }
  }

  /**
   * What is not named in a snapshot does not exist; but a broker to which we have just come may be
   * a little behind the one that told us of a topic.
   */
  // The same object means that nobody has named the topic since.
  @SuppressWarnings("ReferenceEquality")
  private void doubtMissing(Stream stream, MetadataUpdate snapshot) {
    Set<String> missing = new TreeSet<>(stream.topics);
    snapshot.getTopicsList().forEach(topic -> missing.remove(topic.getName()));
    for (String name : missing) {
      TopicInfo doubted = cluster.topic(name).orElse(null);
      if (doubted != null) {
        loop.schedule(
            () -> {
              if (cluster.topic(name).orElse(null) == doubted) {
                cluster.remove(name);
              }
            },
            NEW_TOPIC_MS);
      }
    }
  }

  /** Wakes those who wait for a topic. */
  private final class Arrivals implements ClusterListener {
    @Override
    public void onTopic(TopicInfo topic) {
      List<CompletableFuture<TopicInfo>> futures = waiting.remove(topic.name());
      if (futures != null) {
        futures.forEach(future -> future.complete(topic));
      }
    }

    @Override
    public void onTopicRemoved(String topic) {}

    @Override
    public void onRoutes() {}
  }

  /** One metadata stream. */
  private final class Stream extends ClientCall.Listener<MetadataUpdate> {
    final String address;
    final Set<String> topics;
    boolean told;
    private @Nullable ClientCall<WatchMetadataRequest, MetadataUpdate> call;
    private @Nullable Timer timeout;
    private boolean ended;

    Stream(String address, Set<String> topics) {
      this.address = address;
      this.topics = topics;
    }

    void start() {
      ManagedChannel channel = channels.to(address);
      channel.resetConnectBackoff();
      ClientCall<WatchMetadataRequest, MetadataUpdate> opened =
          channel.newCall(ClusterServiceGrpc.getWatchMetadataMethod(), CallOptions.DEFAULT);
      call = opened;
      opened.start(this, new Metadata());
      if (ended) {
        // On a connection that has just broken, a call ends before it has begun.
        return;
      }
      opened.sendMessage(
          WatchMetadataRequest.newBuilder()
              .addAllTopics(topics)
              .setNoTopics(topics.isEmpty())
              .build());
      opened.halfClose();
      opened.request(2);
      timeout = loop.schedule(this::onTimeout, FIRST_ANSWER_MS);
    }

    private void onTimeout() {
      if (!told) {
        end(Status.DEADLINE_EXCEEDED.withDescription("no answer within 3 s"));
      }
    }

    void cancel(String why) {
      ended = true;
      if (timeout != null) {
        timeout.cancel();
      }
      if (call != null) {
        call.cancel(why, null);
      }
    }

    private void end(Status status) {
      if (!ended) {
        cancel("ended");
        onFailure(this, status);
      }
    }

    @Override
    public void onMessage(MetadataUpdate update) {
      if (!ended && call != null) {
        call.request(1);
        onUpdate(this, update);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end(status);
    }
  }
}

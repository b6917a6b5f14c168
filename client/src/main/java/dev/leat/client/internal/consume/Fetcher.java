package dev.leat.client.internal.consume;

import dev.leat.api.rpc.RecordMethods;
import dev.leat.api.rpc.WireLimits;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.consume.Inbox.Item;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.ClusterListener;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.OffsetCall;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.v1.Error;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.ListedOffset;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every assigned partition on a stream to its leader. Of the loop.
 *
 * <p>All events (an assignment, an error, a stream's end, news of leaders) only note what is
 * different; a pass then looks at all cursors without a stream and does what each needs next: learn
 * of the topic, ask for the offset of its position, or be read. Passes are rare, and several events
 * share one.
 */
final class Fetcher implements ClusterListener {

  /** More streams to one broker than that are replaced by one for all. */
  private static final int MAX_STREAMS_PER_BROKER = 4;

  /** Responses that a stream may have under way at least: one is worked on, one comes. */
  private static final int MIN_CREDIT = 2;

  /** So often may a broker deny a topic that another one has told us of. */
  private static final int MAX_UNKNOWN = 20;

  private final Session session;
  private final ConsumerConfig config;
  private final Inbox inbox;
  private final Set<PartitionCursor> cursors = new LinkedHashSet<>();
  private final Set<FetchStream> streams = new LinkedHashSet<>();
  private final Map<Integer, Backoff> backoffs = new HashMap<>();
  private boolean passPlanned;
  private boolean closed;

  Fetcher(Session session, ConsumerConfig config, Inbox inbox) {
    this.session = session;
    this.config = config;
    this.inbox = inbox;
    session.cluster().add(this);
  }

  RecordMethods.Client methods() {
    return session.methods();
  }

  Inbox inbox() {
    return inbox;
  }

  /** Reads other partitions. */
  void change(List<PartitionCursor> removed, List<PartitionCursor> added) {
    for (PartitionCursor cursor : removed) {
      end(cursor);
    }
    for (PartitionCursor cursor : added) {
      cursors.add(cursor);
      learn(cursor);
    }
    planPass();
  }

  /** A broker goes on sending what it was asked for, so the stream must end with the partition. */
  private void end(PartitionCursor cursor) {
    cursor.ended = true;
    cursors.remove(cursor);
    FetchStream stream = cursor.stream;
    if (stream != null) {
      stream.end();
      streams.remove(stream);
    }
  }

  private void learn(PartitionCursor cursor) {
    TopicPartition partition = cursor.partition();
    session
        .watch()
        .topic(partition.topic())
        .whenComplete((topic, error) -> onTopic(cursor, topic, error));
  }

  private void onTopic(
      PartitionCursor cursor, @Nullable TopicInfo topic, @Nullable Throwable error) {
    if (cursor.ended) {
      return;
    }
    if (topic == null) {
      fail(cursor, asLeat(error));
      return;
    }
    try {
      cursor.route = topic.route(cursor.partition().partition());
      planPass();
    } catch (LeatException unknown) {
      fail(cursor, unknown);
    }
  }

  private static LeatException asLeat(@Nullable Throwable error) {
    return error instanceof LeatException failure
        ? failure
        : LeatException.of(LeatErrorCode.INTERNAL, String.valueOf(error), error);
  }

  private void planPass() {
    if (!passPlanned) {
      passPlanned = true;
      session.loop().execute(this::pass);
    }
  }

  private void pass() {
    passPlanned = false;
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    Map<Integer, List<PartitionCursor>> asks = new TreeMap<>();
    Map<Integer, List<PartitionCursor>> reads = new TreeMap<>();
    for (PartitionCursor cursor : cursors) {
      GroupRoute route = cursor.route;
      boolean due = cursor.stream == null && !cursor.asking && cursor.notBeforeNanos - now <= 0;
      if (due && route != null && route.leader() != GroupRoute.NO_LEADER) {
        (cursor.fetchOffset == PartitionCursor.UNKNOWN ? asks : reads)
            .computeIfAbsent(route.leader(), broker -> new ArrayList<>())
            .add(cursor);
      }
    }
    asks.forEach(this::ask);
    reads.forEach(this::read);
  }

  private void ask(int broker, List<PartitionCursor> all) {
    String address = session.cluster().address(broker).orElse(null);
    if (address == null) {
      all.forEach(cursor -> retryLater(cursor, pauseMs(broker)));
      return;
    }
    for (List<PartitionCursor> part : parts(all)) {
      Map<TopicPartition, Position> positions = new LinkedHashMap<>();
      for (PartitionCursor cursor : part) {
        cursor.asking = true;
        positions.put(cursor.partition(), cursor.from());
      }
      ManagedChannel channel = session.channels().to(address);
      channel.resetConnectBackoff();
      OffsetCall.ask(
              channel,
              address,
              positions,
              config.isolation(),
              session.config().requestTimeout().toMillis())
          .whenComplete((response, error) -> onOffsets(broker, part, response, error));
    }
  }

  private void onOffsets(
      int broker,
      List<PartitionCursor> part,
      @Nullable ListOffsetsResponse response,
      @Nullable Throwable error) {
    if (response != null) {
      onAnswer(broker);
    }
    long pauseMs = response == null ? pauseMs(broker) : 0;
    for (int i = 0; i < part.size(); i++) {
      PartitionCursor cursor = part.get(i);
      cursor.asking = false;
      if (response == null) {
        onLost(cursor, asLeat(error), pauseMs);
      } else if (response.getOffsets(i).hasError()) {
        onRefused(cursor, response.getOffsets(i).getError());
      } else {
        onOffset(cursor, response.getOffsets(i));
      }
    }
    planPass();
  }

  private static void onOffset(PartitionCursor cursor, ListedOffset listed) {
    cursor.failures = 0;
    cursor.fetchOffset = listed.getOffset();
    cursor.onHighWatermark(listed.getHighWatermark());
    cursor.start().complete(listed.getOffset());
  }

  private void read(int broker, List<PartitionCursor> wanted) {
    String address = session.cluster().address(broker).orElse(null);
    if (address == null) {
      wanted.forEach(cursor -> retryLater(cursor, pauseMs(broker)));
      return;
    }
    List<FetchStream> present =
        streams.stream().filter(stream -> stream.broker() == broker).toList();
    List<PartitionCursor> all = new ArrayList<>(wanted);
    if (present.size() >= MAX_STREAMS_PER_BROKER) {
      for (FetchStream stream : present) {
        all.addAll(stream.cursors());
        stream.end();
        streams.remove(stream);
      }
    }
    for (List<PartitionCursor> part : parts(all)) {
      ManagedChannel channel = session.channels().to(address);
      channel.resetConnectBackoff();
      FetchStream stream = new FetchStream(this, broker, address, channel);
      streams.add(stream);
      stream.start(part, config, credit());
    }
  }

  private int credit() {
    int responses = config.prefetchBytes() / config.maxResponseBytes();
    int brokers = Math.max(1, session.cluster().addresses().size());
    return Math.max(MIN_CREDIT, responses / brokers);
  }

  private static List<List<PartitionCursor>> parts(List<PartitionCursor> all) {
    List<List<PartitionCursor>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += WireLimits.MAX_PARTITIONS) {
      int to = Math.min(all.size(), from + WireLimits.MAX_PARTITIONS);
      parts.add(List.copyOf(all.subList(from, to)));
    }
    return parts;
  }

  /** The broker works. */
  void onAnswer(int broker) {
    Backoff backoff = backoffs.get(broker);
    if (backoff != null) {
      backoff.reset();
    }
  }

  private long pauseMs(int broker) {
    return backoffs.computeIfAbsent(broker, id -> new Backoff(session.config())).nextMs();
  }

  /** A broker refuses a partition. */
  void onRefused(PartitionCursor cursor, Error error) {
    if (cursor.ended) {
      return;
    }
    LeatException failure = Failures.of(error);
    cursor.failures++;
    boolean unknown = failure.code() == LeatErrorCode.UNKNOWN_TOPIC;
    boolean passing = failure.isRetriable() || (unknown && cursor.failures <= MAX_UNKNOWN);
    if (!passing) {
      fail(cursor, failure);
      return;
    }
    GroupRoute route = cursor.route;
    int asked = route == null ? GroupRoute.NO_LEADER : route.leader();
    if (failure.code() == LeatErrorCode.NOT_LEADER && route != null) {
      session.cluster().applyHint(route, error);
    }
    boolean moved = route != null && route.leader() != asked;
    if (moved) {
      planPass();
    } else {
      long max = session.config().maxBackoff().toMillis();
      long pause = session.config().minBackoff().toMillis() << Math.min(cursor.failures, 10);
      retryLater(cursor, Math.min(max, pause));
    }
  }

  /** A stream or call has failed. */
  private void onLost(PartitionCursor cursor, LeatException reason, long pauseMs) {
    if (cursor.ended) {
      return;
    }
    if (reason.isRetriable() || reason.code() == LeatErrorCode.INTERNAL) {
      retryLater(cursor, pauseMs);
    } else {
      fail(cursor, reason);
    }
  }

  private void retryLater(PartitionCursor cursor, long pauseMs) {
    cursor.notBeforeNanos = System.nanoTime() + pauseMs * 1_000_000;
    session.loop().schedule(this::planPass, pauseMs + 1);
  }

  /** A stream has ended. */
  void onStreamEnd(FetchStream stream, List<PartitionCursor> left, LeatException reason) {
    streams.remove(stream);
    long pauseMs = pauseMs(stream.broker());
    for (PartitionCursor cursor : left) {
      onLost(cursor, reason, pauseMs);
    }
  }

  private void fail(PartitionCursor cursor, LeatException reason) {
    if (!cursor.ended) {
      cursor.ended = true;
      cursors.remove(cursor);
      cursor.start().completeExceptionally(reason);
      inbox.add(new Item.Failed(cursor, reason));
    }
  }

  @Override
  public void onTopic(TopicInfo topic) {}

  @Override
  public void onTopicRemoved(String topic) {
    LeatException reason =
        LeatException.of(LeatErrorCode.UNKNOWN_TOPIC, "topic '" + topic + "' was deleted");
    for (PartitionCursor cursor : List.copyOf(cursors)) {
      if (cursor.partition().topic().equals(topic)) {
        FetchStream stream = cursor.stream;
        if (stream != null) {
          stream.remove(cursor);
        }
        fail(cursor, reason);
      }
    }
  }

  /** Who has a new leader is read there, at once; its old leader stops by itself. */
  @Override
  public void onRoutes() {
    long now = System.nanoTime();
    for (PartitionCursor cursor : cursors) {
      FetchStream stream = cursor.stream;
      GroupRoute route = cursor.route;
      int leader = route == null ? GroupRoute.NO_LEADER : route.leader();
      if (stream != null && leader != GroupRoute.NO_LEADER && leader != stream.broker()) {
        stream.remove(cursor);
        if (stream.cursors().isEmpty()) {
          stream.end();
          streams.remove(stream);
        }
      }
      cursor.notBeforeNanos = now;
    }
    planPass();
  }

  void close() {
    closed = true;
    session.cluster().remove(this);
    List.copyOf(streams).forEach(FetchStream::end);
    streams.clear();
    LeatException reason = LeatException.of(LeatErrorCode.CLOSED, "the consumer is closed");
    for (PartitionCursor cursor : cursors) {
      cursor.ended = true;
      cursor.start().completeExceptionally(reason);
    }
    cursors.clear();
  }
}

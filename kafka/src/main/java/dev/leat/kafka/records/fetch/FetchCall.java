package dev.leat.kafka.records.fetch;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.thread.SerialTask;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.Exchange;
import dev.leat.kafka.view.Isolations;
import dev.leat.kafka.view.LeaderHints;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/**
 * One Fetch request: read at once; answered if there is enough, or an error, else when enough has
 * come or its time is over. Records are sent from where they lie, which is held until then. Runs on
 * the readers' executor, never twice at a time.
 */
final class FetchCall {
  /** Kafka's fetch.max.bytes. */
  private static final int MAX_BYTES = 55 << 20;

  /** Time between two looks of one who waits for more than a little. */
  private static final int LOOK_MS = 5;

  private static final short FIRST_WITH_LEADER_HINTS = 16;

  private final BrokerApi broker;
  private final ReplicaChoice replicas;
  private final Exchange exchange;
  private final FetchRequest request;
  private final FetchSessions.Opened.Partitions asked;
  private final Isolation isolation;
  private final int maxBytes;
  private final SerialTask task;
  private final Runnable onChange = this::changed;
  private List<LivePartition> watched = List.of();
  private @Nullable Runnable timer;
  private volatile boolean expired;
  private volatile boolean lookComes;
  private boolean done;

  /**
   * A call.
   *
   * @param quotaBytes most that the client may read at once
   */
  FetchCall(
      KafkaContext context,
      Exchange exchange,
      FetchSessions.Opened.Partitions asked,
      int quotaBytes) {
    this.broker = context.broker();
    this.exchange = exchange;
    this.request = (FetchRequest) exchange.request();
    this.replicas = ReplicaChoice.of(context, request);
    this.maxBytes = Math.min(Math.min(request.maxBytes(), MAX_BYTES), quotaBytes);
    this.asked = asked;
    this.isolation = Isolations.of(request.isolationLevel());
    this.task = new SerialTask(broker.readers(), this::look);
  }

  void start() {
    exchange.onDisconnect(this::expire);
    expired = request.maxWait() <= 0 || asked.wanted().isEmpty();
    task.wake();
  }

  private void look() {
    if (done) {
      return;
    }
    lookComes = false;
    try {
      List<PartitionRead> reads = read();
      if (expired || isEnough(reads)) {
        finish(reads);
      } else {
        reads.forEach(PartitionRead::close);
        await(reads);
      }
    } catch (RuntimeException e) {
      end();
      exchange.respond(request.getErrorResponse(e));
    }
  }

  private List<PartitionRead> read() {
    List<PartitionRead> reads = new ArrayList<>(asked.wanted().size());
    int room = maxBytes;
    boolean any = false;
    PartitionRead.Look look = new PartitionRead.Look(replicas, isolation, expired);
    try {
      for (Wanted wanted : asked.wanted()) {
        PartitionRead read =
            PartitionRead.read(broker, wanted, new PartitionRead.Room(room, !any), look);
        reads.add(read);
        room -= read.sizeBytes();
        any |= read.sizeBytes() > 0;
      }
      return reads;
    } catch (RuntimeException e) {
      reads.forEach(PartitionRead::close);
      throw e;
    }
  }

  private boolean isEnough(List<PartitionRead> reads) {
    long bytes = 0;
    for (PartitionRead read : reads) {
      if (read.failed() || read.isRedirected()) {
        return true;
      }
      bytes += read.sizeBytes();
    }
    return bytes >= request.minBytes();
  }

  /** Looks again when something has changed, or when the time is over. */
  private void await(List<PartitionRead> reads) {
    if (timer == null) {
      timer = exchange.schedule(this::expire, request.maxWait());
      watched = reads.stream().flatMap(read -> partitionOf(read).stream()).toList();
      watched.forEach(partition -> partition.subscribe(onChange));
    }
    // Something may have come between the look and the subscription.
    if (reads.stream().anyMatch(PartitionRead::isOutdated)) {
      changed();
    }
  }

  private static List<LivePartition> partitionOf(PartitionRead read) {
    LivePartition partition = read.partition();
    return partition == null ? List.of() : List.of(partition);
  }

  private void expire() {
    expired = true;
    task.wake();
  }

  /** Any thread. */
  private void changed() {
    if (request.minBytes() <= 1) {
      task.wake();
    } else if (!lookComes) {
      lookComes = true;
      exchange.schedule(task::wake, LOOK_MS);
    }
  }

  private void end() {
    done = true;
    watched.forEach(partition -> partition.unsubscribe(onChange));
    watched = List.of();
    if (timer != null) {
      timer.run();
    }
  }

  private void finish(List<PartitionRead> reads) {
    end();
    FetchResponseData response = new FetchResponseData().setSessionId(asked.sessionId());
    LeaderHints hints = new LeaderHints(broker.metadata());
    FetchableTopicResponse topic = null;
    long bytes = 0;
    long followed = 0;
    for (PartitionRead read : reads) {
      hint(read, hints);
      if (isToBeSent(read)) {
        topic = topicOf(response, topic, read.wanted().key());
        topic.partitions().add(read.answer());
        bytes += read.sizeBytes();
        followed += read.isFromFollower() ? read.sizeBytes() : 0;
      }
    }
    for (Node node : hints.nodes()) {
      response
          .nodeEndpoints()
          .add(
              new NodeEndpoint()
                  .setNodeId(node.id())
                  .setHost(node.host())
                  .setPort(node.port())
                  .setRack(node.rack()));
    }
    broker.metrics().fetched(bytes);
    broker.metrics().fetchedFromFollower(followed);
    exchange.respond(FetchResponse.of(response), () -> reads.forEach(PartitionRead::close));
  }

  private boolean isToBeSent(PartitionRead read) {
    boolean news =
        asked.session().map(session -> session.tell(read.wanted(), read.answer())).orElse(true);
    return news || !asked.onlyNews();
  }

  private static FetchableTopicResponse topicOf(
      FetchResponseData response, @Nullable FetchableTopicResponse last, Wanted.Key key) {
    if (last != null && last.topic().equals(key.topic()) && last.topicId().equals(key.topicId())) {
      return last;
    }
    FetchableTopicResponse topic =
        new FetchableTopicResponse().setTopic(key.topic()).setTopicId(key.topicId());
    response.responses().add(topic);
    return topic;
  }

  private void hint(PartitionRead read, LeaderHints hints) {
    LivePartition partition = read.partition();
    PartitionData answer = read.answer();
    boolean elsewhere =
        answer.errorCode() == Errors.NOT_LEADER_OR_FOLLOWER.code()
            || answer.errorCode() == Errors.FENCED_LEADER_EPOCH.code();
    if (partition != null && elsewhere && request.version() >= FIRST_WITH_LEADER_HINTS) {
      GroupView.Leadership leadership = partition.group().leadership();
      hints.add(partition.group());
      answer.setCurrentLeader(
          new LeaderIdAndEpoch()
              .setLeaderId(leadership.leader())
              .setLeaderEpoch(leadership.epoch()));
    }
  }
}

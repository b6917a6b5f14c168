package dev.leat.client.fake;

import com.google.protobuf.ByteString;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.BrokerState;
import dev.leat.v1.GroupLeader;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.TopicMetadata;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Some brokers in this process, on loopback, with a common log. Each partition is a replica group
 * of its own, so that leaders can be moved one by one.
 */
public final class FakeCluster implements AutoCloseable {

  private static final int GROUPS_PER_TOPIC = 100_000;

  private final Map<String, List<FakeLog>> topics = new TreeMap<>();
  private final Map<Integer, GroupLeader> groups = new TreeMap<>();
  private final Map<Integer, FakeBroker> brokers = new TreeMap<>();
  private final Map<StreamObserver<MetadataUpdate>, Integer> watchers = new HashMap<>();
  private final Map<String, Integer> received = new ConcurrentHashMap<>();
  private volatile ProduceScript script = ProduceScript.OBEDIENT;
  private volatile int maxMessageBytes = 1 << 20;
  private long version;

  /** Starts brokers 0 to n-1. */
  public FakeCluster(int brokerCount) {
    for (int id = 0; id < brokerCount; id++) {
      brokers.put(id, new FakeBroker(this, id, 0));
    }
  }

  /** Addresses of all brokers. */
  public synchronized String bootstrap() {
    return brokers.values().stream()
        .map(broker -> "127.0.0.1:" + broker.port())
        .collect(Collectors.joining(","));
  }

  /** What happens to batches from now on. */
  public void script(ProduceScript newScript) {
    script = newScript;
  }

  /** Largest batch of topics that are made from now on. */
  public void maxMessageBytes(int bytes) {
    maxMessageBytes = bytes;
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }

  /** Makes a topic; partition p is led by broker p modulo brokers. */
  public synchronized void createTopic(String name, int partitions) {
    List<FakeLog> logs = topics.computeIfAbsent(name, topic -> new ArrayList<>());
    for (int p = logs.size(); p < partitions; p++) {
      logs.add(new FakeLog());
      setLeader(groupOf(name, p), p % brokers.size());
    }
    push();
  }

  /** Deletes a topic. */
  public synchronized void deleteTopic(String name) {
    topics.remove(name);
    for (StreamObserver<MetadataUpdate> watcher : List.copyOf(watchers.keySet())) {
      watcher.onNext(update().addRemovedTopics(name).build());
    }
  }

  /** Moves the leader of a partition, in a new epoch; -1 for none. */
  public synchronized void moveLeader(String topic, int partition, int broker) {
    setLeader(groupOf(topic, partition), broker);
    push();
  }

  /** Moves the leader of a partition without telling clients: brokers will say NOT_LEADER. */
  public synchronized void moveLeaderSilently(String topic, int partition, int broker) {
    setLeader(groupOf(topic, partition), broker);
  }

  private void setLeader(int group, int broker) {
    int epoch = groups.containsKey(group) ? groups.get(group).getEpoch() + 1 : 1;
    groups.put(
        group, GroupLeader.newBuilder().setGroup(group).setLeader(broker).setEpoch(epoch).build());
  }

  /** Stops a broker as kill -9 would. */
  public void kill(int broker) {
    FakeBroker victim;
    synchronized (this) {
      victim = brokers.get(broker);
      watchers.values().removeIf(id -> id == broker);
    }
    victim.close();
  }

  /** Starts a killed broker again, at its old port. */
  public synchronized void restart(int broker) {
    brokers.put(broker, new FakeBroker(this, broker, brokers.get(broker).port()));
  }

  /** Ends all metadata streams. */
  public synchronized void breakWatches() {
    List.copyOf(watchers.keySet()).forEach(StreamObserver::onCompleted);
    watchers.clear();
  }

  /** A broker. */
  public synchronized FakeBroker broker(int id) {
    return brokers.get(id);
  }

  /** A partition's log; null if there is none. */
  public synchronized FakeLog log(String topic, int partition) {
    List<FakeLog> logs = topics.get(topic);
    return logs == null || partition < 0 || partition >= logs.size() ? null : logs.get(partition);
  }

  synchronized GroupLeader leader(String topic, int partition) {
    return groups.get(groupOf(topic, partition));
  }

  synchronized BrokerAddress address(int broker) {
    FakeBroker found = brokers.get(broker);
    return BrokerAddress.newBuilder()
        .setId(broker)
        .setHost("127.0.0.1")
        .setPort(found == null ? 1 : found.port())
        .build();
  }

  ProduceScript.Fate fate(int broker, String topic, int partition) {
    int batch = received.merge(topic + "-" + partition, 1, Integer::sum) - 1;
    return script.fateOf(broker, partition, batch);
  }

  synchronized void watch(int broker, StreamObserver<MetadataUpdate> watcher) {
    watchers.put(watcher, broker);
    watcher.onNext(full().setSnapshot(true).build());
  }

  synchronized void unwatch(StreamObserver<MetadataUpdate> watcher) {
    watchers.remove(watcher);
  }

  private synchronized void push() {
    MetadataUpdate full = full().build();
    for (StreamObserver<MetadataUpdate> watcher : List.copyOf(watchers.keySet())) {
      watcher.onNext(full);
    }
  }

  private MetadataUpdate.Builder update() {
    return MetadataUpdate.newBuilder().setVersion(++version).setClusterId("fake");
  }

  private MetadataUpdate.Builder full() {
    MetadataUpdate.Builder update = update().addAllGroups(groups.values());
    for (int id : brokers.keySet()) {
      update.addBrokers(BrokerState.newBuilder().setAddress(address(id)));
    }
    topics.forEach(
        (name, logs) -> {
          TopicMetadata.Builder topic =
              TopicMetadata.newBuilder()
                  .setName(name)
                  .setTopicId(ByteString.copyFromUtf8("id of " + name))
                  .setMaxMessageBytes(maxMessageBytes);
          for (int p = 0; p < logs.size(); p++) {
            topic.addPartitionGroups(groupOf(name, p));
          }
          update.addTopics(topic);
        });
    return update;
  }

  private static int groupOf(String topic, int partition) {
    return Math.floorMod(topic.hashCode(), 10_000) * GROUPS_PER_TOPIC + partition;
  }

  @Override
  public void close() {
    List<FakeBroker> all;
    synchronized (this) {
      all = List.copyOf(brokers.values());
    }
    all.forEach(FakeBroker::close);
  }
}

package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** Writes markers wherever their partitions are led: here, or on other brokers. */
final class MarkerRouter implements MarkerSender.MarkerTarget {
  private final TopicDirectory topics;
  private final MarkerLog here;
  private final TransactionPeers peers;

  MarkerRouter(TopicDirectory topics, MarkerLog here, TransactionPeers peers) {
    this.topics = topics;
    this.here = here;
    this.peers = peers;
  }

  @Override
  public void write(
      Set<TopicPartition> partitions, Marker marker, BiConsumer<TopicPartition, Errors> answer) {
    Map<Integer, Set<TopicPartition>> elsewhere = new HashMap<>();
    for (TopicPartition partition : partitions) {
      int leader = leaderElsewhere(partition);
      if (leader == GroupView.NO_LEADER) {
        here.write(partition, marker)
            .whenComplete(
                (error, failure) ->
                    answer.accept(
                        partition, failure == null ? error : CoordinatorErrors.of(failure)));
      } else {
        elsewhere.computeIfAbsent(leader, id -> new HashSet<>()).add(partition);
      }
    }
    elsewhere.forEach(
        (broker, theirs) ->
            peers
                .writeMarkers(broker, theirs, marker)
                .thenAccept(answers -> answers.forEach(answer)));
  }

  /** Another broker that leads the partition; NO_LEADER if this one does, or nobody. */
  private int leaderElsewhere(TopicPartition name) {
    TopicDirectory.Topic topic = topics.find(name.topic());
    if (topic == null || name.partition() < 0 || name.partition() >= topic.partitions()) {
      return GroupView.NO_LEADER;
    }
    GroupView.Leadership leadership = topic.partition(name.partition()).group().leadership();
    return leadership.here() ? GroupView.NO_LEADER : leadership.leader();
  }
}

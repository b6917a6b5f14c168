package dev.leat.broker.control;

import dev.leat.crds.Condition;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the conditions of a Topic; those that are not set stay as they are. */
final class TopicConditions {
  /** The spec is valid and in force. */
  static final String ACCEPTED = "Accepted";

  /** Every partition takes records. */
  static final String READY = "Ready";

  /**
   * Partitions that took records were gone and were made anew, empty. Stays until it is removed.
   */
  static final String POSSIBLE_DATA_LOSS = "PossibleDataLoss";

  private final Topic topic;
  private final Instant now;
  private final List<Condition> conditions;

  TopicConditions(Topic topic, Instant now) {
    this.topic = topic;
    this.now = now;
    this.conditions = new ArrayList<>(topic.status().conditions());
  }

  /** Sets a condition. Its time changes only if its status does. */
  TopicConditions set(String type, boolean holds, String reason, String message) {
    Condition.Status status = holds ? Condition.Status.TRUE : Condition.Status.FALSE;
    Optional<Condition> old = topic.status().condition(type);
    Instant since =
        old.filter(condition -> condition.status() == status)
            .map(Condition::lastTransitionTime)
            .orElse(now);
    Condition condition =
        new Condition(type, status, topic.metadata().generation(), since, reason, message);
    int index = old.map(conditions::indexOf).orElse(-1);
    if (index < 0) {
      conditions.add(condition);
    } else {
      conditions.set(index, condition);
    }
    return this;
  }

  List<Condition> build() {
    return List.copyOf(conditions);
  }

  /** Whether two statuses say the same, whenever it began. */
  static boolean saySame(TopicStatus left, TopicStatus right) {
    return left.observedGeneration() == right.observedGeneration()
        && left.phase() == right.phase()
        && left.topicId().equals(right.topicId())
        && left.applied().equals(right.applied())
        && saySame(left.conditions(), right.conditions());
  }

  private static boolean saySame(List<Condition> left, List<Condition> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!left.get(i).saysSameAs(right.get(i))) {
        return false;
      }
    }
    return true;
  }
}

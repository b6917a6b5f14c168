package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.crds.Topic;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The next thing to do about one topic. */
sealed interface TopicStep {
  /** Nothing, or nothing before something happens. */
  record Rest() implements TopicStep {}

  /** It needs a new id. */
  record DrawId() implements TopicStep {}

  /** Its spec or metadata must be written so. */
  record Update(Topic topic) implements TopicStep {}

  /** Its status must be written so. */
  record UpdateStatus(Topic topic) implements TopicStep {}

  /** These groups must exist. */
  record CreateGroups(Set<GroupId> groups) implements TopicStep {}

  /** These partitions must be created. */
  record Create(TopicId id, Map<GroupId, List<NewPartition>> partitions) implements TopicStep {}

  /** These partitions must be deleted. */
  record Delete(TopicId id, Map<GroupId, List<TopicPartition>> partitions) implements TopicStep {}
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.log.GroupId;
import java.util.Set;

/** Between the topic controller here and the leaders of groups everywhere. */
final class TopicDesk {
  private static final long CHANGE_MS = 10_000;

  private final Outbox out;
  private final Leaderships leaderships;
  private final Creator creator;
  private final Requests requests;
  private boolean listed;

  TopicDesk(Outbox out, Leaderships leaderships, Creator creator, Requests requests) {
    this.out = out;
    this.leaderships = leaderships;
    this.creator = creator;
    this.requests = requests;
  }

  private void tell(TopicEvent event) {
    out.emit(new CoordinationEffect.TellTopics(event));
  }

  /** It is known which groups exist. */
  void list(Set<GroupId> groups) {
    if (!listed) {
      listed = true;
      tell(new TopicEvent.GroupsListed(groups));
      leaderships.all().values().stream()
          .map(Leaderships.Known::broker)
          .distinct()
          .forEach(broker -> out.send(broker, new CoordinationMessage.HeldRequest()));
    }
  }

  void onHeld(int from, CoordinationMessage.Held held) {
    if (listed && isLeader(from, held.group(), held.epoch())) {
      creator.leads(held.group());
      tell(new TopicEvent.GroupReported(held.group(), held.partitions()));
    }
  }

  void onHeldChanged(int from, CoordinationMessage.HeldChanged changed) {
    if (!listed) {
      return;
    }
    if (isLeader(from, changed.group(), changed.epoch())) {
      tell(new TopicEvent.PartitionsChanged(changed.group(), changed.created(), changed.deleted()));
    } else {
      out.send(from, new CoordinationMessage.HeldRequest());
    }
  }

  private boolean isLeader(int broker, GroupId group, int epoch) {
    Leaderships.Known known = leaderships.all().get(group);
    return known == null || epoch > known.epoch() || known.broker() == broker;
  }

  void change(CoordinationEvent.ChangePartitions wanted) {
    Leaderships.Known leader = leaderships.leader(wanted.group());
    if (leader == null) {
      tell(new TopicEvent.GroupFailed(wanted.group(), "the group has no leader now"));
      return;
    }
    long request =
        requests.begin(
            leader.broker(),
            wanted.group(),
            CHANGE_MS,
            done ->
                tell(
                    done.done()
                        ? new TopicEvent.GroupDone(wanted.group())
                        : new TopicEvent.GroupFailed(wanted.group(), done.detail())));
    out.send(
        leader.broker(),
        new CoordinationMessage.ChangePartitions(
            request, wanted.group(), wanted.created(), wanted.deleted()));
  }
}

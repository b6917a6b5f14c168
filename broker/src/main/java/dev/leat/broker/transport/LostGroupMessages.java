package dev.leat.broker.transport;

import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.v1.ListLostGroupsResponse;
import dev.leat.v1.LostReplica;
import dev.leat.v1.RecoverGroupsResponse;
import dev.leat.v1.ReplicaState;
import java.util.List;

/** Lost groups as {@code leat.v1} shows them. */
final class LostGroupMessages {
  private LostGroupMessages() {}

  static ListLostGroupsResponse of(List<LostGroup> groups) {
    ListLostGroupsResponse.Builder response = ListLostGroupsResponse.newBuilder();
    groups.forEach(group -> response.addGroups(of(group)));
    return response.build();
  }

  private static dev.leat.v1.LostGroup of(LostGroup group) {
    dev.leat.v1.LostGroup.Builder message =
        dev.leat.v1.LostGroup.newBuilder()
            .setGroup(group.group().value())
            .setLostMs(group.lostMs())
            .setSurvivor(group.survivor())
            .setOutlook(group.outlook());
    group.replicas().forEach(replica -> message.addReplicas(of(replica)));
    return message.build();
  }

  private static LostReplica of(LostGroup.LostReplica replica) {
    return LostReplica.newBuilder()
        .setBroker(replica.replica().broker())
        .setState(of(replica.state()))
        .setLastEpoch(replica.lastEpoch())
        .setLastSeq(replica.lastSeq())
        .setDetail(replica.detail())
        .build();
  }

  private static ReplicaState of(LostGroup.State state) {
    return switch (state) {
      case PRESENT -> ReplicaState.REPLICA_STATE_PRESENT;
      case WITHDRAWN -> ReplicaState.REPLICA_STATE_WITHDRAWN;
      case MISSING -> ReplicaState.REPLICA_STATE_MISSING;
      case AWAY -> ReplicaState.REPLICA_STATE_UNSPECIFIED;
    };
  }

  static RecoverGroupsResponse ofRecovered(List<RecoveredGroup> groups) {
    RecoverGroupsResponse.Builder response = RecoverGroupsResponse.newBuilder();
    for (RecoveredGroup group : groups) {
      response.addGroups(
          dev.leat.v1.RecoveredGroup.newBuilder()
              .setGroup(group.group().value())
              .setRecovered(group.recovered())
              .setMessage(group.detail()));
    }
    return response.build();
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.Refusal;
import dev.leat.broker.runtime.view.GroupView;

/** Refusals of groups, as clients get to see them. */
final class GroupErrors {
  private GroupErrors() {}

  static RequestError of(GroupView group, ProduceRequest.Part part, Outcome.Refused refused) {
    LivePartition partition = part.partition();
    if (refused.reason() == Refusal.NOT_LEADER && partition != null) {
      return RequestError.notLeader(partition);
    }
    boolean leaderless = refused.reason() == Refusal.LEADER_NOT_AVAILABLE;
    if (leaderless && partition != null && group.isLost()) {
      return RequestError.lost(partition);
    }
    String where = partition == null ? "group " + group.id() : partition.toString();
    return RequestError.of(codeOf(refused.reason()), where + ": " + refused.detail());
  }

  static RequestError.Code codeOf(Refusal reason) {
    return switch (reason) {
      case UNKNOWN_PARTITION -> RequestError.Code.UNKNOWN_PARTITION;
      case NOT_LEADER -> RequestError.Code.NOT_LEADER;
      case LEADER_NOT_AVAILABLE -> RequestError.Code.LEADER_NOT_AVAILABLE;
      case OUT_OF_ORDER_SEQUENCE -> RequestError.Code.OUT_OF_ORDER_SEQUENCE;
      case UNKNOWN_PRODUCER -> RequestError.Code.UNKNOWN_PRODUCER;
      case PRODUCER_FENCED -> RequestError.Code.PRODUCER_FENCED;
      case INVALID_TXN_STATE -> RequestError.Code.INVALID_TXN_STATE;
      case COORDINATOR_FENCED -> RequestError.Code.COORDINATOR_FENCED;
      case INVALID_REQUEST -> RequestError.Code.INVALID_REQUEST;
      case THROTTLED -> RequestError.Code.THROTTLED;
      case DISK_FULL -> RequestError.Code.DISK_FULL;
      case OFFSET_OUT_OF_RANGE -> RequestError.Code.OFFSET_OUT_OF_RANGE;
      case NOT_READY, UNAVAILABLE -> RequestError.Code.UNAVAILABLE;
    };
  }
}

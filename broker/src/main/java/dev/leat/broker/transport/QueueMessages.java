package dev.leat.broker.transport;

import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.QueueCoordination.Handout;
import dev.leat.broker.runtime.groups.QueueCoordination.Locked;
import dev.leat.broker.runtime.groups.QueueCoordination.Piece;
import dev.leat.broker.runtime.groups.QueueCoordination.Verdict;
import dev.leat.v1.AcknowledgeRecords;
import dev.leat.v1.AcknowledgeType;
import dev.leat.v1.Acknowledgement;
import dev.leat.v1.QueueRecord;
import dev.leat.v1.QueueRecords;
import dev.leat.v1.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What is handed out of queues, and what comes back, as messages. */
final class QueueMessages {
  private QueueMessages() {}

  /** Adds the locked records of a handout; returns their offsets by partition, in order. */
  static Map<Slot, List<Long>> add(Handout handout, QueueRecords.Builder to) {
    Map<Slot, List<Long>> offsets = new HashMap<>();
    for (Piece piece : handout.pieces()) {
      offsets.put(piece.slot(), add(piece, to));
    }
    return offsets;
  }

  private static List<Long> add(Piece piece, QueueRecords.Builder to) {
    List<Long> offsets = new ArrayList<>();
    if (piece.locked().isEmpty()) {
      return offsets;
    }
    Iterator<Locked> ranges = piece.locked().iterator();
    Locked range = ranges.next();
    for (Record record : FetchCall.records(List.of(piece.batches()), range.first())) {
      while (record.getOffset() > range.last() && ranges.hasNext()) {
        range = ranges.next();
      }
      if (record.getOffset() >= range.first() && record.getOffset() <= range.last()) {
        offsets.add(record.getOffset());
        to.addRecords(
            QueueRecord.newBuilder()
                .setTopic(piece.slot().topic())
                .setPartition(piece.slot().partition())
                .setRecord(record)
                .setDeliveryCount(range.deliveries()));
      }
    }
    return offsets;
  }

  static List<Verdict> verdicts(AcknowledgeRecords request) {
    return request.getAcknowledgementsList().stream().map(QueueMessages::verdict).toList();
  }

  private static Verdict verdict(Acknowledgement said) {
    return new Verdict(
        new Slot(said.getTopic(), said.getPartition()),
        said.getFirstOffset(),
        said.getLastOffset(),
        kind(said.getType()));
  }

  private static Verdict.Kind kind(AcknowledgeType type) {
    return switch (type) {
      case ACKNOWLEDGE_TYPE_UNSPECIFIED -> Verdict.Kind.ACCEPT;
      // Of a newer client: whatever it means, nothing is lost so.
      case ACKNOWLEDGE_TYPE_RELEASE, UNRECOGNIZED -> Verdict.Kind.RELEASE;
      case ACKNOWLEDGE_TYPE_REJECT -> Verdict.Kind.REJECT;
      case ACKNOWLEDGE_TYPE_RENEW -> Verdict.Kind.RENEW;
    };
  }
}

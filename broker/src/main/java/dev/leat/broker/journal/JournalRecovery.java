package dev.leat.broker.journal;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.log.Damage;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Opens what a directory holds: builds the index, and finds the way back to the state before. */
final class JournalRecovery {
  private final Catalog catalog;
  private final SegmentStore store;
  private final JournalIndex index;
  private final List<Damage> damage = new ArrayList<>();
  private final List<Segment> unsealed = new ArrayList<>();
  private final Map<Long, Map<GroupId, Long>> full = new TreeMap<>();

  private JournalRecovery(Catalog catalog, SegmentStore store, JournalIndex index) {
    this.catalog = catalog;
    this.store = store;
    this.index = index;
  }

  static JournalRecovery run(Catalog catalog, SegmentStore store, JournalIndex index) {
    JournalRecovery recovery = new JournalRecovery(catalog, store, index);
    recovery.run();
    return recovery;
  }

  private void run() {
    List<SegmentRecord> records = new ArrayList<>(catalog.state().files());
    records.sort(Comparator.comparingLong(SegmentRecord::segment));
    boolean hot = false;
    for (SegmentRecord record : records) {
      if (record.state() == SegmentState.FULL || record.state() == SegmentState.HOT) {
        openUnsealed(new Segment(record, store.path(record.file())));
        hot |= record.state() == SegmentState.HOT;
      }
    }
    if (!hot) {
      store.begin(0);
    }
    catalog.update(CatalogState::started);
  }

  private void openUnsealed(Segment segment) {
    UnsealedSegment content = new UnsealedSegment(segment.id(), segment.firstPosition());
    store.add(segment);
    index.open(content);
    unsealed.add(segment);
    damage.addAll(
        new SegmentScan(segment)
            .run(
                (key, body) ->
                    index.add(content, new Placed(key.header(), key.position(), body.limit()))));
    HotSegment opened = store.openForWriting(segment, content);
    opened.sync();
    if (segment.state() == SegmentState.FULL) {
      full.put(segment.id(), content.lastSeqs());
    }
  }

  Recovery result() {
    return new Recovery(Map.of(), this::tail, full, damage);
  }

  private void tail(Consumer<Entry> consumer) {
    for (Segment segment : unsealed) {
      new SegmentScan(segment)
          .run(
              (key, body) ->
                  consumer.accept(
                      new Entry(
                          key.header(),
                          key.kind() == EntryKind.BATCHES ? List.of() : List.of(body))));
    }
  }
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.crds.ClusterState;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the controller wants of groups: that they exist, and where. Kept in ClusterState. */
final class Intents {
  private final Map<GroupId, Intent> intents = new TreeMap<>();

  /**
   * What is wanted of a group.
   *
   * @param phase whether it exists
   * @param history its history
   * @param voters brokers that shall vote
   */
  record Intent(ClusterState.GroupPhase phase, long history, List<Integer> voters) {
    boolean isCreated() {
      return phase == ClusterState.GroupPhase.CREATED;
    }

    Intent created() {
      return new Intent(ClusterState.GroupPhase.CREATED, history, voters);
    }
  }

  Map<GroupId, Intent> all() {
    return intents;
  }

  @Nullable Intent find(GroupId group) {
    return intents.get(group);
  }

  void put(GroupId group, Intent intent) {
    intents.put(group, intent);
  }

  /**
   * The store has a row. What the disks know counts for more: a row may be of an older copy.
   *
   * @param onDisk the history that replicas have; null if nobody has one
   */
  void adopt(ClusterState.Group row, @Nullable Long onDisk) {
    if (!HISTORY.matcher(row.history()).matches() || row.id() >>> 16 != 0) {
      return;
    }
    GroupId group = new GroupId(row.id());
    Intent stored = new Intent(row.phase(), parse(row.history()), row.voters());
    Intent own = intents.get(group);
    boolean known = onDisk != null && onDisk == stored.history();
    if (own == null) {
      if (onDisk == null || known) {
        intents.put(group, stored);
      }
    } else if (own.history() == stored.history()) {
      intents.put(group, stored.isCreated() ? own.created() : own);
    } else if (onDisk == null || (known && onDisk != own.history())) {
      intents.put(group, stored);
    }
  }

  private static final Pattern HISTORY = Pattern.compile("[0-9a-f]{16}");

  /** As it is written into ClusterState. */
  static String text(long history) {
    return HexFormat.of().toHexDigits(history);
  }

  private static long parse(String text) {
    return HexFormat.fromHexDigitsToLong(text);
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/** Lets the simulator make machines that drop a rule. */
public final class MachineSeam {
  private MachineSeam() {}

  /** A recovery whose machine obeys all rules but these, in a release that knows these formats. */
  public static GroupRecovery recovery(
      GroupId group, GroupOptions options, List<String> droppedRules, FormatRange formats) {
    EnumSet<Rule> dropped = EnumSet.noneOf(Rule.class);
    droppedRules.forEach(rule -> dropped.add(Rule.valueOf(rule)));
    return new GroupRecovery(group, options, dropped).formats(formats);
  }

  /** Names of all rules. */
  public static List<String> rules() {
    return Arrays.stream(Rule.values()).map(Rule::name).toList();
  }
}

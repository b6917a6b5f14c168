package dev.leat.broker.sim;

import java.util.List;

/**
 * What a simulation of a whole cluster is made of; all else follows from the seed.
 *
 * @param brokers number of brokers
 * @param groups replica groups of each class
 * @param classes numbers of replicas
 * @param stormy faults come often, and messages get lost
 * @param faultsUs how long things go wrong
 * @param droppedRules rules that the code leaves out
 * @param trace print what happens
 */
record CoordPlan(
    int brokers,
    int groups,
    List<Integer> classes,
    boolean stormy,
    long faultsUs,
    List<String> droppedRules,
    boolean trace) {
  static final long SECOND_US = 1_000_000;

  static CoordPlan of(int brokers, int groups, Integer... classes) {
    return new CoordPlan(
        brokers,
        groups,
        List.of(classes),
        false,
        12 * SECOND_US,
        List.of(),
        Boolean.getBoolean("sim.trace"));
  }

  CoordPlan storm() {
    return new CoordPlan(brokers, groups, classes, true, faultsUs, droppedRules, trace);
  }

  CoordPlan calm() {
    return new CoordPlan(brokers, groups, classes, stormy, 0, droppedRules, trace);
  }

  CoordPlan without(String... rules) {
    return new CoordPlan(brokers, groups, classes, stormy, faultsUs, List.of(rules), trace);
  }
}

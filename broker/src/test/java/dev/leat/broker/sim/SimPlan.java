package dev.leat.broker.sim;

import java.util.List;

/**
 * What a simulation is made of; all else follows from the seed.
 *
 * @param brokers number of brokers
 * @param voters first voters, brokers 0 to voters - 1
 * @param stormy everything that goes wrong does so ten times as often
 * @param moving voters change all the time
 * @param faultsUs how long things go wrong
 * @param healUs how long the cluster has to become well again afterwards
 * @param droppedRules rules of the protocol that the code leaves out
 * @param trace print what happens
 */
record SimPlan(
    int brokers,
    int voters,
    boolean stormy,
    boolean moving,
    long faultsUs,
    long healUs,
    List<String> droppedRules,
    boolean trace) {
  static final long SECOND_US = 1_000_000;

  static SimPlan of(int brokers, int voters) {
    return new SimPlan(
        brokers,
        voters,
        false,
        false,
        5 * SECOND_US,
        4 * SECOND_US,
        List.of(),
        Boolean.getBoolean("sim.trace"));
  }

  SimPlan storm() {
    return new SimPlan(brokers, voters, true, moving, 3 * SECOND_US, healUs, droppedRules, trace);
  }

  SimPlan move() {
    return new SimPlan(brokers, voters, stormy, true, faultsUs, healUs, droppedRules, trace);
  }

  SimPlan without(String rule) {
    return new SimPlan(brokers, voters, stormy, moving, faultsUs, healUs, List.of(rule), trace);
  }

  boolean drops(String rule) {
    return droppedRules.contains(rule);
  }

  /** A time between two faults, or two attempts to do something about them. */
  long pace(long us) {
    return stormy ? us / 10 : us;
  }
}

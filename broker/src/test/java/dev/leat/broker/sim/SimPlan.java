package dev.leat.broker.sim;

import java.util.List;
import java.util.Set;

/**
 * What a simulation is made of; all else follows from the seed.
 *
 * @param brokers number of brokers
 * @param voters first voters, brokers 0 to voters - 1
 * @param stormy everything that goes wrong does so ten times as often
 * @param moving voters change all the time
 * @param unclean at some time all brokers but one are gone, and the group goes on with that one
 * @param upgrading brokers start now with this release, now with the next one
 * @param attack faults that fit together
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
    boolean unclean,
    boolean upgrading,
    SimAttacks.Kind attack,
    long faultsUs,
    long healUs,
    List<String> droppedRules,
    boolean trace) {
  static final long SECOND_US = 1_000_000;

  /** Rules that whoever runs the core keeps. */
  static final Set<String> OUTSIDE = Set.of("WENTBACK", "VERSION");

  static SimPlan of(int brokers, int voters) {
    return new SimPlan(
        brokers,
        voters,
        false,
        false,
        false,
        false,
        SimAttacks.Kind.NONE,
        5 * SECOND_US,
        4 * SECOND_US,
        List.of(),
        Boolean.getBoolean("sim.trace"));
  }

  SimPlan storm() {
    return new SimPlan(
        brokers,
        voters,
        true,
        moving,
        unclean,
        upgrading,
        attack,
        3 * SECOND_US,
        healUs,
        droppedRules,
        trace);
  }

  SimPlan move() {
    return new SimPlan(
        brokers,
        voters,
        stormy,
        true,
        unclean,
        upgrading,
        attack,
        faultsUs,
        healUs,
        droppedRules,
        trace);
  }

  SimPlan disaster() {
    return new SimPlan(
        brokers,
        voters,
        stormy,
        moving,
        true,
        upgrading,
        attack,
        faultsUs,
        healUs,
        droppedRules,
        trace);
  }

  SimPlan upgrade() {
    return new SimPlan(
        brokers,
        voters,
        stormy,
        moving,
        unclean,
        true,
        attack,
        faultsUs,
        healUs,
        droppedRules,
        trace);
  }

  SimPlan attack(SimAttacks.Kind kind) {
    return new SimPlan(
        brokers,
        voters,
        stormy,
        moving,
        unclean,
        upgrading,
        kind,
        faultsUs,
        healUs,
        droppedRules,
        trace);
  }

  SimPlan without(String rule) {
    return new SimPlan(
        brokers,
        voters,
        stormy,
        moving,
        unclean,
        upgrading,
        attack,
        faultsUs,
        healUs,
        List.of(rule),
        trace);
  }

  /** Those that the core itself can drop; the others are kept, or dropped, by the simulator. */
  List<String> coreRules() {
    return droppedRules.stream().filter(rule -> !OUTSIDE.contains(rule)).toList();
  }

  boolean drops(String rule) {
    return droppedRules.contains(rule);
  }

  /** A time between two faults, or two attempts to do something about them. */
  long pace(long us) {
    return stormy ? us / 10 : us;
  }
}

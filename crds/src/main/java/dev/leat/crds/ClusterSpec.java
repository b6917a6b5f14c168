package dev.leat.crds;

import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.InvalidValueException;
import java.util.List;
import java.util.Optional;

/**
 * What a cluster should be.
 *
 * @param brokers number of brokers, 1 to {@link #MAX_BROKERS}
 * @param groups replica groups of each replication class, 1 to {@link #MAX_GROUPS}; immutable
 * @param storage disk of each broker
 * @param uncleanElections what becomes of groups that have lost a quorum, by class; a class that is
 *     not in it waits for a person
 * @param pods what matters on Kubernetes only; its fields lie beside the others in YAML
 */
public record ClusterSpec(
    int brokers,
    int groups,
    Storage storage,
    List<UncleanElection> uncleanElections,
    PodSettings pods) {
  /** Most brokers: what ClusterState, one object of at most 64 KB, has room for. */
  public static final int MAX_BROKERS = 100;

  /** Groups of each class, unless given. */
  public static final int DEFAULT_GROUPS = 64;

  /** What two policies of one class are refused with. */
  public static final String TWO_OF_A_CLASS = "has two entries of the same class: one is enough";

  /** Most groups of each class: their index has 12 bits. */
  public static final int MAX_GROUPS = 4096;

  /** Checks the ranges. */
  public ClusterSpec {
    checkBrokers(brokers);
    checkGroups(groups);
    uncleanElections = List.copyOf(uncleanElections);
    checkClasses(uncleanElections);
  }

  /** Where all lost groups wait for a person. */
  public ClusterSpec(int brokers, int groups, Storage storage, PodSettings pods) {
    this(brokers, groups, storage, List.of(), pods);
  }

  /** Without anything that matters on Kubernetes only. */
  public ClusterSpec(int brokers, int groups, Storage storage) {
    this(brokers, groups, storage, PodSettings.DEFAULT);
  }

  /** So many brokers, and defaults. */
  public static ClusterSpec ofBrokers(int brokers) {
    return new ClusterSpec(brokers, DEFAULT_GROUPS, Storage.DEFAULT);
  }

  /** Returns {@code elections}; throws {@link InvalidValueException} if two are of one class. */
  public static List<UncleanElection> checkClasses(List<UncleanElection> elections) {
    InvalidValueException.unless(
        elections.stream().map(UncleanElection::replicas).distinct().count() == elections.size(),
        TWO_OF_A_CLASS);
    return elections;
  }

  /** Returns {@code brokers}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkBrokers(int brokers) {
    InvalidValueException.unless(
        brokers >= 1 && brokers <= MAX_BROKERS,
        brokers + " is out of range; allowed is 1 to " + MAX_BROKERS);
    return brokers;
  }

  /** Returns {@code groups}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkGroups(int groups) {
    InvalidValueException.unless(
        groups >= 1 && groups <= MAX_GROUPS,
        groups + " is out of range; allowed is 1 to " + MAX_GROUPS);
    return groups;
  }

  /** Why {@code earlier} may not become this, if so. */
  public Optional<String> changeProblem(ClusterSpec earlier) {
    if (groups != earlier.groups) {
      return Optional.of(
          "spec.groups cannot change from %d: it says where each partition lies"
              .formatted(earlier.groups));
    }
    if (storage.size().compareTo(earlier.storage.size()) < 0) {
      return Optional.of(
          "spec.storage.size cannot go down from %s to %s: volumes only grow"
              .formatted(earlier.storage.size(), storage.size()));
    }
    if (!storage.storageClassName().equals(earlier.storage.storageClassName())) {
      return Optional.of(Storage.CLASS_IS_FIXED);
    }
    return Optional.empty();
  }

  /** The same with another number of brokers. */
  public ClusterSpec withBrokers(int number) {
    return new ClusterSpec(number, groups, storage, uncleanElections, pods);
  }

  /** Replicas of a topic that does not say: 3 if there are brokers for them, else 1. */
  public int defaultReplicas() {
    return brokers >= 3 ? 3 : 1;
  }

  /**
   * Disk of each broker.
   *
   * @param size of the volume
   * @param storageClassName StorageClass of the volume; empty: the default of the Kubernetes
   *     cluster; immutable
   * @param deleteClaim whether volumes go with the Cluster, or with a broker that was scaled away
   */
  public record Storage(ByteSize size, Optional<String> storageClassName, boolean deleteClaim) {
    /** What a changed class is refused with, by a broker as by the API server. */
    public static final String CLASS_IS_FIXED =
        "spec.storage.storageClassName cannot change: a volume stays in the class it was made in";

    /** 10 GiB of the default class, kept. */
    public static final Storage DEFAULT = new Storage(ByteSize.parse("10Gi"), Optional.empty());

    /** One that is kept. */
    public Storage(ByteSize size, Optional<String> storageClassName) {
      this(size, storageClassName, false);
    }
  }
}

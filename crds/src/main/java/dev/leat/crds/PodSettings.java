package dev.leat.crds;

import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.ObjectNames;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What matters to a Cluster on Kubernetes only: how its brokers run and are reached. {@code ./leat
 * up} keeps it and does not look at it.
 *
 * @param image container image of the brokers; empty: the operator's own choice when the Cluster
 *     was made, which stays
 * @param resources of each broker
 * @param topologyKey label of nodes that names the zone over which brokers and voters are spread
 * @param listeners ways to reach the brokers; the first internal one is for clients inside
 * @param topicNamespaces namespaces whose Topics may be in this Cluster; {@code *}: all
 * @param clientLimits what clients may take of each broker
 * @param rollout how changes reach the brokers
 */
public record PodSettings(
    Optional<String> image,
    Resources resources,
    String topologyKey,
    List<Listener> listeners,
    List<String> topicNamespaces,
    ClientLimits clientLimits,
    Rollout rollout) {
  /** Zone of a node, as cloud providers name it. */
  public static final String DEFAULT_TOPOLOGY_KEY = "topology.kubernetes.io/zone";

  /** Topics of every namespace: who may make Topics is Kubernetes' RBAC to say. */
  public static final List<String> ALL_NAMESPACES = List.of("*");

  /** Most listeners: each external one costs a Service for every broker. */
  public static final int MAX_LISTENERS = 8;

  /** Why a Cluster's external listeners may not be the only ones for Kafka's clients. */
  public static final String INTERNAL_KAFKA_IS_NEEDED =
      "has a kafkaPort for clients outside and none at an internal listener, which brokers need for"
          + " transactions: add one";

  /** All defaults: reachable inside the Kubernetes cluster. */
  public static final PodSettings DEFAULT =
      new PodSettings(
          Optional.empty(),
          Resources.DEFAULT,
          DEFAULT_TOPOLOGY_KEY,
          List.of(Listener.INTERNAL),
          ALL_NAMESPACES,
          ClientLimits.DEFAULT,
          Rollout.DEFAULT);

  /** Checks, and copies. */
  public PodSettings {
    listeners = List.copyOf(checkListeners(listeners));
    topicNamespaces = List.copyOf(topicNamespaces);
    topicNamespaces.forEach(PodSettings::checkTopicNamespace);
  }

  /** Returns the listeners; throws {@link InvalidValueException} if they do not go together. */
  public static List<Listener> checkListeners(List<Listener> listeners) {
    InvalidValueException.unless(
        !listeners.isEmpty() && listeners.size() <= MAX_LISTENERS,
        "has " + listeners.size() + " listeners; allowed are 1 to " + MAX_LISTENERS);
    Set<String> names = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Listener listener : listeners) {
      InvalidValueException.unless(
          names.add(listener.name()), "has two listeners '" + listener.name() + "'");
      InvalidValueException.unless(
          ports.add(listener.grpcPort())
              && listener.kafkaPort().map(ports::add).orElse(Boolean.TRUE),
          "uses a port of listener '" + listener.name() + "' twice: each needs its own");
    }
    InvalidValueException.unless(
        listeners.stream().anyMatch(listener -> listener.type() == ListenerType.INTERNAL),
        "has no internal listener, which the brokers' own tools need: add one");
    InvalidValueException.unless(
        listeners.stream().allMatch(listener -> listener.kafkaPort().isEmpty())
            || listeners.stream()
                .anyMatch(
                    listener ->
                        listener.type() == ListenerType.INTERNAL
                            && listener.kafkaPort().isPresent()),
        INTERNAL_KAFKA_IS_NEEDED);
    return listeners;
  }

  private static void checkTopicNamespace(String namespace) {
    if (!namespace.equals(ALL_NAMESPACES.getFirst())) {
      ObjectNames.checkNamespace(namespace);
    }
  }

  /** Whether Topics of this namespace may be in a Cluster that lies in {@code home}. */
  public boolean allowsTopicsOf(String namespace, String home) {
    return namespace.equals(home)
        || topicNamespaces.contains(namespace)
        || topicNamespaces.equals(ALL_NAMESPACES);
  }

  /**
   * What a broker gets, as Kubernetes' quantities.
   *
   * @param cpuRequest processors that are set aside
   * @param cpuLimit most processors; empty: no limit, as throttled brokers look dead to their peers
   * @param memory memory, heap and everything else
   */
  public record Resources(String cpuRequest, Optional<String> cpuLimit, String memory) {
    /** A quarter of a processor and 512 MiB. */
    public static final Resources DEFAULT = new Resources("250m", Optional.empty(), "512Mi");
  }

  /**
   * How changes reach the brokers: one after the other, leaders moved first.
   *
   * @param paused nothing is restarted while this holds
   * @param canary most brokers that run the newest version; empty: all
   */
  public record Rollout(boolean paused, Optional<Integer> canary) {
    /** At once, to all. */
    public static final Rollout DEFAULT = new Rollout(false, Optional.empty());
  }
}

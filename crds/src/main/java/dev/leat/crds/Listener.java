package dev.leat.crds;

import dev.leat.crds.value.InvalidValueException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A way to reach the brokers. Clients are told addresses of the listener they came in by.
 *
 * @param name unique in its Cluster; part of the names of Services
 * @param type from where it can be reached
 * @param grpcPort port of the gRPC protocol
 * @param kafkaPort port of the Kafka protocol; empty: none
 * @param advertisedHost what clients are told as a broker's host; {@code {broker}} becomes its
 *     number and {@code {nodeIp}} the address of its node; empty: what fits the type
 * @param annotations of the Services, as load balancers and external-dns need them
 */
public record Listener(
    String name,
    ListenerType type,
    int grpcPort,
    Optional<Integer> kafkaPort,
    Optional<String> advertisedHost,
    Map<String, String> annotations) {
  /** Port of the gRPC protocol, unless given. */
  public static final int DEFAULT_GRPC_PORT = 9190;

  /** Longest name, in characters. */
  public static final int MAX_NAME_LENGTH = 20;

  /** Names that would make the name of a Service which every Cluster has. */
  public static final Set<String> RESERVED = Set.of("brokers", "bootstrap");

  /** Why they may not be used. */
  public static final String RESERVED_PROBLEM =
      "a listener cannot be called brokers or bootstrap: Services of every Cluster are";

  // Before the constant below, whose constructor needs it.
  private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");

  /** For clients in the Kubernetes cluster. */
  public static final Listener INTERNAL =
      new Listener(
          "internal",
          ListenerType.INTERNAL,
          DEFAULT_GRPC_PORT,
          Optional.empty(),
          Optional.empty(),
          Map.of());

  /** Checks name and ports, and copies. */
  public Listener {
    checkName(name);
    checkPort(grpcPort);
    kafkaPort.ifPresent(Listener::checkPort);
    annotations = Map.copyOf(new TreeMap<>(annotations));
  }

  /** Returns {@code name}; throws {@link InvalidValueException} if it is not allowed. */
  public static String checkName(String name) {
    InvalidValueException.unless(
        name.length() <= MAX_NAME_LENGTH && NAME.matcher(name).matches(),
        "'"
            + name
            + "' is no name of a listener; allowed are at most 20 of a-z, 0-9 and '-', beginning"
            + " with a letter");
    InvalidValueException.unless(!RESERVED.contains(name), RESERVED_PROBLEM);
    return name;
  }

  /** Returns {@code port}; throws {@link InvalidValueException} if it is not allowed. */
  public static int checkPort(int port) {
    InvalidValueException.unless(
        port >= 1024 && port <= 65_535,
        port + " is out of range; allowed is 1024 to 65535, as brokers are not root");
    return port;
  }
}

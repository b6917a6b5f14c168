package dev.leat.broker.server.pod;

import dev.leat.broker.runtime.view.AddressBook;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.ExternalListener;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.server.ListenerLimits;
import dev.leat.crds.ResourceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a broker's pod is told: a file of properties that all brokers of a Cluster share, and what
 * Kubernetes says of the pod.
 *
 * @param brokerId number of the broker
 * @param cluster name of the Cluster
 * @param directory where the journal lies
 * @param grpcPort port of the gRPC listener
 * @param kafkaPort port of the Kafka listener; empty: none
 * @param external listeners for clients outside
 * @param httpPort port of metrics and probes
 * @param groups replica groups per class
 * @param segmentBytes size of a journal segment
 * @param hostTemplate how a broker's host is called; {@code {broker}} stands for its number
 * @param brokers brokers that there were when the file was written
 * @param topicNamespaces namespaces whose Topics may be in the Cluster; {@code *}: all
 * @param pod the pod itself
 * @param limits of connections; what the file does not say is the default
 * @param memory bounds of what requests may hold; what the file does not say follows from the heap
 */
record PodSettings(
    int brokerId,
    ResourceName cluster,
    Path directory,
    int grpcPort,
    OptionalInt kafkaPort,
    List<ExternalListener> external,
    int httpPort,
    int groups,
    long segmentBytes,
    String hostTemplate,
    int brokers,
    List<String> topicNamespaces,
    Pod pod,
    ListenerLimits limits,
    BrokerConfig.MemoryLimits memory) {
  private static final String NUMBER = "{broker}";
  private static final String ANY_ADDRESS = "0.0.0.0";
  private static final Pattern EXTERNAL_PORT = Pattern.compile("listener\\.(.+)\\.grpc\\.port");

  /**
   * What Kubernetes says of a pod.
   *
   * @param name its name, which ends with the broker's number
   * @param zone failure domain of its node; empty if Kubernetes does not tell
   * @param ip its address, new with each pod; empty if Kubernetes does not tell
   */
  record Pod(String name, String zone, String ip) {
    /** As the pod's environment has it. */
    static Pod of(Map<String, String> environment) {
      return new Pod(
          environment.getOrDefault("POD_NAME", ""),
          environment.getOrDefault("POD_ZONE", ""),
          environment.getOrDefault("POD_IP", ""));
    }

    /** The address as a URL has it. */
    String host() {
      return ip.contains(":") ? "[" + ip + "]" : ip;
    }
  }

  /** Reads them; throws {@link IllegalArgumentException} that names what is missing or wrong. */
  static PodSettings of(Properties file, Pod pod) {
    return new PodSettings(
        numberOf(pod.name()),
        new ResourceName(text(file, "namespace"), text(file, "cluster")),
        Path.of(text(file, "directory")),
        number(file, "grpc.port"),
        optionalNumber(file, "kafka.port"),
        external(file),
        number(file, "http.port"),
        number(file, "groups"),
        Long.parseLong(text(file, "segment.bytes")),
        text(file, "host"),
        number(file, "brokers"),
        List.of(text(file, "topic.namespaces").split(",")),
        pod,
        limits(file),
        memory(file));
  }

  private static int numberOf(String podName) {
    String ordinal = podName.substring(podName.lastIndexOf('-') + 1);
    if (!ordinal.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          "POD_NAME is '" + podName + "': it must end with '-' and the broker's number");
    }
    return Integer.parseInt(ordinal);
  }

  private static String text(Properties file, String name) {
    String value = file.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing in the broker's configuration");
    }
    return value.strip();
  }

  private static int number(Properties file, String name) {
    String value = text(file, name);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is '" + value + "': a whole number is needed", e);
    }
  }

  private static OptionalInt optionalNumber(Properties file, String name) {
    return file.containsKey(name) ? OptionalInt.of(number(file, name)) : OptionalInt.empty();
  }

  private static ListenerLimits limits(Properties file) {
    ListenerLimits usual = ListenerLimits.DEFAULT;
    return new ListenerLimits(
        optionalNumber(file, "max.connections").orElse(usual.connections()),
        optionalNumber(file, "max.connections.per.address").orElse(usual.connectionsPerAddress()),
        optionalNumber(file, "connections.max.idle.ms").orElse((int) usual.idleMs()));
  }

  private static BrokerConfig.MemoryLimits memory(Properties file) {
    BrokerConfig.MemoryLimits usual =
        BrokerConfig.MemoryLimits.ofHeap(Runtime.getRuntime().maxMemory());
    return new BrokerConfig.MemoryLimits(
        bytes(file, "max.request.bytes", usual.produceBytes()),
        bytes(file, "max.response.bytes", usual.fetchBytes()),
        usual.peerBytes());
  }

  private static long bytes(Properties file, String name, long usual) {
    String value = file.getProperty(name, Long.toString(usual)).strip();
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " is '" + value + "': a number of bytes is needed", e);
    }
  }

  private static List<ExternalListener> external(Properties file) {
    List<ExternalListener> listeners = new ArrayList<>();
    for (String key : new TreeSet<>(file.stringPropertyNames())) {
      Matcher matcher = EXTERNAL_PORT.matcher(key);
      if (matcher.matches()) {
        String name = matcher.group(1);
        listeners.add(
            new ExternalListener(
                name,
                number(file, key),
                kafka(optionalNumber(file, "listener." + name + ".kafka.port")),
                new AddressBook()));
      }
    }
    return listeners;
  }

  private static KafkaConfig kafka(OptionalInt port) {
    return port.isPresent() ? KafkaConfig.onPort(port.getAsInt()) : KafkaConfig.NONE;
  }

  /** Whether Topics of this namespace may be in the Cluster. */
  boolean allowsTopicsOf(String namespace) {
    return namespace.equals(cluster.namespace())
        || topicNamespaces.contains("*")
        || topicNamespaces.contains(namespace);
  }

  /** The same for the broker. */
  BrokerConfig brokerConfig() {
    return new BrokerConfig(
        brokerId,
        cluster,
        directory,
        ANY_ADDRESS,
        hostOf(brokerId),
        grpcPort,
        0,
        httpPort,
        groups,
        segmentBytes,
        0,
        BrokerConfig.DEFAULT_RETENTION_INTERVAL_MS,
        seeds(),
        memory,
        kafka(kafkaPort),
        external,
        new BrokerConfig.Place(pod.zone(), pod.host(), ""),
        limits);
  }

  /** Name of the claim of the broker's volume: a StatefulSet calls it so. */
  ResourceName claim() {
    return new ResourceName(cluster.namespace(), "data-" + pod.name());
  }

  private Map<Integer, String> seeds() {
    Map<Integer, String> seeds = new HashMap<>();
    for (int id = 0; id < brokers; id++) {
      if (id != brokerId) {
        seeds.put(id, hostOf(id) + ":" + grpcPort);
      }
    }
    return seeds;
  }

  private String hostOf(int id) {
    return hostTemplate.replace(NUMBER, Integer.toString(id));
  }
}

package dev.leat.operator.desired;

import java.util.LinkedHashMap;
import java.util.Map;

/** Names and labels of what belongs to a Cluster. */
public final class Names {
  /** Label that says to which Cluster an object belongs. */
  public static final String CLUSTER_LABEL = "leat.dev/cluster";

  /** Annotation of a StatefulSet: generation of the Cluster that its pods were made from. */
  public static final String GENERATION = "leat.dev/generation";

  /** Label of a Service: the listener whose clients find brokers by it. */
  public static final String LISTENER_LABEL = "leat.dev/listener";

  /** Annotation of a pod: digest of the configuration that it started with. */
  public static final String CONFIG_DIGEST = "leat.dev/config";

  /** Annotation of a Cluster: with {@code "true"} the operator leaves it alone. */
  public static final String PAUSED = "leat.dev/paused";

  /** Whom the operator calls itself when it writes. */
  public static final String FIELD_MANAGER = "leat-operator";

  private Names() {}

  /** Labels by which the brokers of a Cluster are found; they never change. */
  public static Map<String, String> selector(String cluster) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "leat");
    labels.put("app.kubernetes.io/component", "broker");
    labels.put(CLUSTER_LABEL, cluster);
    return labels;
  }

  /** Labels of everything that belongs to a Cluster. */
  public static Map<String, String> labels(String cluster) {
    Map<String, String> labels = selector(cluster);
    labels.put("app.kubernetes.io/managed-by", FIELD_MANAGER);
    return labels;
  }

  /** The headless Service: names of single brokers. */
  public static String brokers(String cluster) {
    return cluster + "-brokers";
  }

  /** The Service of all brokers that are ready. */
  public static String bootstrap(String cluster) {
    return cluster + "-bootstrap";
  }

  /** The Service where clients of an external listener begin. */
  public static String external(String cluster, String listener) {
    return cluster + "-" + listener;
  }

  /** The Service of one broker for clients of an external listener. */
  public static String external(String cluster, String listener, int broker) {
    return cluster + "-" + listener + "-" + broker;
  }

  /** The brokers' ServiceAccount, Role and ConfigMap. */
  public static String broker(String cluster) {
    return cluster + "-broker";
  }

  /** Claim of a broker's volume. */
  public static String claim(String cluster, int broker) {
    return DesiredPods.DATA + "-" + cluster + "-" + broker;
  }
}

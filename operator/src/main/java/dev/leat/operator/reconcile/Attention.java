package dev.leat.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the operator still hears of what people change. A watch whose connection died without
 * anybody saying so (an API server that lost its power) is silent for minutes, and a silent watch
 * looks like one where nothing happens. So what is listed now and then is compared with what the
 * watches brought.
 */
public final class Attention {
  /** Time within which a change is looked at in any case. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final Map<String, Long> seen = new HashMap<>();
  private final Map<String, Long> missedSinceNanos = new HashMap<>();

  /** This generation of an object has come by way of a watch. */
  synchronized void saw(HasMetadata object) {
    seen.merge(key(object), generation(object), Math::max);
  }

  /**
   * Compares with what there is.
   *
   * @param listed every Cluster, as the API server lists them
   * @param nowNanos monotonic time
   * @return one that was changed a while ago without the watches' saying so, if there is one
   */
  synchronized Optional<String> missed(List<? extends HasMetadata> listed, long nowNanos) {
    Set<String> missing = new HashSet<>();
    for (HasMetadata object : listed) {
      if (seen.getOrDefault(key(object), 0L) < generation(object)) {
        missing.add(key(object));
      }
    }
    missedSinceNanos.keySet().retainAll(missing);
    missing.forEach(key -> missedSinceNanos.putIfAbsent(key, nowNanos));
    return missing.stream()
        .filter(key -> nowNanos - missedSinceNanos.getOrDefault(key, nowNanos) > LIMIT.toNanos())
        .findFirst();
  }

  private static String key(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  private static long generation(HasMetadata object) {
    Long generation = object.getMetadata().getGeneration();
    return generation == null ? 0 : generation;
  }
}

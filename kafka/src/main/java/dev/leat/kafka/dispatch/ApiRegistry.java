package dev.leat.kafka.dispatch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Who handles which API key. What is not in it is not advertised either. */
public final class ApiRegistry {
  private final Map<ApiKeys, ApiHandler> handlers = new EnumMap<>(ApiKeys.class);

  /** Adds the handler of a key that has none. Before the first request only. */
  public ApiRegistry add(ApiKeys key, ApiHandler handler) {
    if (handlers.putIfAbsent(key, handler) != null) {
      throw new IllegalStateException(key + " has a handler already");
    }
    return this;
  }

  /** The handler of a key, or null. */
  public @Nullable ApiHandler find(ApiKeys key) {
    return handlers.get(key);
  }

  /** All keys that have one. */
  public Set<ApiKeys> keys() {
    return Collections.unmodifiableSet(handlers.keySet());
  }
}

package dev.leat.kafka.coordinator.group;

import org.apache.kafka.common.Node;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/** Where brokers are reached. */
@FunctionalInterface
public interface Endpoints {
  /** A broker as the listener advertises it on which the request came; null if not known. */
  @Nullable Node node(RequestContext context, int brokerId);
}

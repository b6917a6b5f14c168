package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.coordinator.CoordinatorHost;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the group coordinator and makes responses of what it answers or throws. */
final class GroupCalls {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCalls.class);

  private final CoordinatorHost<GroupCoordinator> groups;

  GroupCalls(CoordinatorHost<GroupCoordinator> groups) {
    this.groups = groups;
  }

  /** Whether there can be any group. */
  boolean mayHaveGroups() {
    return groups.hasState();
  }

  /** The coordinator itself. */
  CompletionStage<GroupCoordinator> coordinator() {
    return groups.get();
  }

  /** Asks the coordinator; a failure becomes the request's own error response. */
  <D> CompletionStage<AbstractResponse> ask(
      AbstractRequest request,
      Function<GroupCoordinator, CompletableFuture<D>> call,
      Function<D, AbstractResponse> response) {
    return groups
        .get()
        .thenCompose(call)
        .thenApply(response)
        .exceptionally(failure -> request.getErrorResponse(apiError(failure)));
  }

  /** Whether a topic has a partition of this number. */
  static boolean has(TopicDirectory.@Nullable Topic topic, int partition) {
    return topic != null && partition >= 0 && partition < topic.partitions();
  }

  /** A failure as clients get to see it. */
  static Throwable apiError(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!(cause instanceof ApiException)
        && Errors.forException(cause) == Errors.UNKNOWN_SERVER_ERROR) {
      LOG.error("a request about groups failed", cause);
    }
    return cause;
  }
}

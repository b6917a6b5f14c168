package dev.leat.operator.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a pod does not start, as Kubernetes says it: no room, no volume, no image, it crashes. */
public final class PodProblem {
  private static final Set<String> USUAL = Set.of("ContainerCreating", "PodInitializing");

  private PodProblem() {}

  /** One line, or empty if nothing is wrong. */
  public static Optional<String> of(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("PodScheduled"))
        .filter(condition -> condition.getStatus().equals("False"))
        .findFirst()
        .map(PodProblem::unscheduled)
        .or(
            () ->
                pod.getStatus().getContainerStatuses().stream()
                    .flatMap(status -> waiting(status).stream())
                    .findFirst());
  }

  private static String unscheduled(PodCondition condition) {
    return line(condition.getReason(), condition.getMessage());
  }

  private static Optional<String> waiting(ContainerStatus status) {
    ContainerState state = status.getState();
    ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
    if (waiting == null || USUAL.contains(waiting.getReason())) {
      return Optional.empty();
    }
    ContainerState last = status.getLastState();
    ContainerStateTerminated ended = last == null ? null : last.getTerminated();
    String message = line(waiting.getReason(), waiting.getMessage());
    return Optional.of(
        ended == null
            ? message
            : message + " (ended with status " + ended.getExitCode() + ": see its log)");
  }

  private static String line(@Nullable String reason, @Nullable String message) {
    return Objects.requireNonNullElse(reason, "Unknown")
        + (message == null ? "" : ": " + message.replaceAll("\\s+", " "));
  }
}

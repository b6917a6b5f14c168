package dev.leat.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class PodProblemTest {
  @Test
  void shouldSayThatNoNodeOrVolumeCanBeHad() {
    Pod pod =
        new PodBuilder()
            .withNewStatus()
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("False")
            .withReason("Unschedulable")
            .withMessage("0/3 nodes are available:\n  unbound PersistentVolumeClaims")
            .endCondition()
            .endStatus()
            .build();

    assertThat(PodProblem.of(pod))
        .contains("Unschedulable: 0/3 nodes are available: unbound PersistentVolumeClaims");
  }

  @Test
  void shouldSayThatAnImageCannotStart() {
    assertThat(PodProblem.of(waiting("ErrImagePull", "not found")))
        .contains("ErrImagePull: not found");
    assertThat(PodProblem.of(waiting("CrashLoopBackOff", "back-off 10s")))
        .contains("CrashLoopBackOff: back-off 10s (ended with status 1: see its log)");
  }

  @Test
  void shouldSayNothingOfAPodThatIsOnItsWay() {
    assertThat(PodProblem.of(waiting("ContainerCreating", null))).isEmpty();
    assertThat(PodProblem.of(new Pod())).isEmpty();
  }

  private static Pod waiting(String reason, String message) {
    Pod pod =
        new PodBuilder()
            .withNewStatus()
            .addNewContainerStatus()
            .withNewState()
            .withNewWaiting(message, reason)
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();
    if (reason.equals("CrashLoopBackOff")) {
      return pod.edit()
          .editStatus()
          .editFirstContainerStatus()
          .withNewLastState()
          .withNewTerminated()
          .withExitCode(1)
          .endTerminated()
          .endLastState()
          .endContainerStatus()
          .endStatus()
          .build();
    }
    return pod;
  }
}

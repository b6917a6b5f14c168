package dev.leat.broker.runtime.loss;

import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * UNCLEAN: what a person asks about groups that have lost a quorum of their replicas. Only the
 * controller answers: it alone knows what all brokers have. Any thread.
 */
public final class LostGroups {
  /** Longer than any broker may take to begin a history. */
  private static final int TIMEOUT_S = 20;

  private final Executor core;
  private final Supplier<@Nullable Desk> coordination;

  /** This broker's part in coordinating the cluster. On the core loop only. */
  public interface Desk {
    /** All lost groups; absent, if this broker is not the controller. */
    Optional<List<LostGroup>> lostGroups();

    /** The controller, -1 if none is known. */
    int controller();

    /**
     * Has groups go on with what is left of them.
     *
     * @param groups which ones; none: all that are lost
     * @param answer gets what became of each; never, if this broker is controller no more
     */
    void recover(List<GroupId> groups, Consumer<List<RecoveredGroup>> answer);

    /**
     * CREATE: new groups do not wait for a broker any more.
     *
     * @return why not; empty if it is done
     */
    Optional<String> waive(int broker);
  }

  /**
   * For a broker.
   *
   * @param core runs things on the core loop
   * @param coordination null while the broker takes no part yet
   */
  public LostGroups(Executor core, Supplier<@Nullable Desk> coordination) {
    this.core = core;
    this.coordination = coordination;
  }

  /**
   * All of them, and what is left of each.
   *
   * @return completes on the core loop; UNAVAILABLE if this broker is not the controller
   */
  public CompletionStage<Answer<List<LostGroup>>> list() {
    CompletableFuture<Answer<List<LostGroup>>> answer = new CompletableFuture<>();
    core.execute(
        () -> {
          Desk running = coordination.get();
          Optional<List<LostGroup>> lost =
              running == null ? Optional.empty() : running.lostGroups();
          answer.complete(
              lost.<Answer<List<LostGroup>>>map(Answer.Ok::new)
                  .orElseGet(() -> notController(running)));
        });
    return answer;
  }

  /**
   * Gives up what they have lost: they begin again from what is left. Records that were
   * acknowledged may be gone.
   *
   * @param groups which ones; none: all that are lost
   * @return what became of each; completes on the core loop, or after 20 s; UNAVAILABLE if this
   *     broker is not the controller; TIMEOUT if nobody knows
   */
  public CompletionStage<Answer<List<RecoveredGroup>>> recover(List<GroupId> groups) {
    CompletableFuture<Answer<List<RecoveredGroup>>> answer = new CompletableFuture<>();
    core.execute(
        () -> {
          Desk running = coordination.get();
          if (running == null || running.lostGroups().isEmpty()) {
            answer.complete(notController(running));
          } else {
            running.recover(groups, results -> answer.complete(new Answer.Ok<>(results)));
          }
        });
    return answer.completeOnTimeout(
        Answer.refused(
            RequestError.Code.TIMEOUT,
            "the groups were not recovered in time: see leat cluster recover, and try again"),
        TIMEOUT_S,
        TimeUnit.SECONDS);
  }

  /**
   * CREATE: a broker is gone for good: groups that do not exist yet are made without asking it,
   * until it answers again or another broker is controller.
   *
   * @return the broker; completes on the core loop; UNAVAILABLE if this broker is not the
   *     controller; INVALID_REQUEST if there is nothing to waive
   */
  public CompletionStage<Answer<Integer>> waive(int broker) {
    CompletableFuture<Answer<Integer>> answer = new CompletableFuture<>();
    core.execute(
        () -> {
          Desk running = coordination.get();
          if (running == null || running.lostGroups().isEmpty()) {
            answer.complete(notController(running));
          } else {
            answer.complete(
                running
                    .waive(broker)
                    .<Answer<Integer>>map(
                        problem -> Answer.refused(RequestError.Code.INVALID_REQUEST, problem))
                    .orElseGet(() -> new Answer.Ok<>(broker)));
          }
        });
    return answer;
  }

  private static <T> Answer<T> notController(@Nullable Desk running) {
    int controller = running == null ? -1 : running.controller();
    return Answer.refused(
        RequestError.Code.UNAVAILABLE,
        controller < 0
            ? "no controller is known yet: try again"
            : "this broker is not the controller: ask broker " + controller);
  }
}

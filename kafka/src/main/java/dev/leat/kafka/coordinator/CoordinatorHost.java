package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.TopicDirectory;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one coordinator: nothing of it is loaded before somebody needs it; from then on it follows
 * elections and metadata until the broker stops.
 *
 * @param <C> the coordinator
 */
public final class CoordinatorHost<C> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorHost.class);

  private final CoordinatorKind<C> kind;
  private final CoordinatorSurroundings around;
  private final AtomicBoolean metadataQueued = new AtomicBoolean();
  private final Runnable onMetadata = this::queueMetadata;
  private volatile @Nullable CompletableFuture<C> started;
  private @Nullable Running<C> running;

  private record Running<C>(C coordinator, LedPartitions led, TopicImages images) {}

  /** A host that has nothing to do yet. */
  public CoordinatorHost(CoordinatorKind<C> kind, CoordinatorSurroundings around) {
    this.kind = kind;
    this.around = around;
  }

  /**
   * The coordinator; it and its topic are made if need be.
   *
   * @return fails with a {@link org.apache.kafka.common.errors.RetriableException} if that is not
   *     possible now
   */
  public CompletionStage<C> get() {
    CompletableFuture<C> present = started;
    return present != null ? present : start();
  }

  /** Whether there may be state: its topic exists. */
  public boolean hasState() {
    return started != null || around.topics().find(kind.topic()) != null;
  }

  /** Whether it has been needed and runs. */
  public boolean isStarted() {
    CompletableFuture<C> present = started;
    return present != null && present.isDone();
  }

  private synchronized CompletionStage<C> start() {
    CompletableFuture<C> present = started;
    if (present == null) {
      present =
          around
              .topics()
              .ensure(kind.topic())
              .thenApplyAsync(this::start, around.executor())
              .toCompletableFuture();
      started = present;
      present.whenComplete(this::forgetIfFailed);
    }
    return present;
  }

  private synchronized void forgetIfFailed(@Nullable C coordinator, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("the coordinator of {} did not start", kind.topic().topicName(), failure);
      started = null;
    }
  }

  /** On the executor, as all that follows. */
  private C start(TopicDirectory.Topic topic) {
    ToCoordinator listener = new ToCoordinator();
    LedPartitions led =
        new LedPartitions(around.broker().topics(), topic, around.executor(), listener);
    C coordinator =
        kind.build(new CoordinatorParts(around.brokerId(), around.broker(), led, around.timer()));
    listener.coordinator = coordinator;
    kind.startup(coordinator, topic::partitions);
    running = new Running<>(coordinator, led, new TopicImages());
    around.broker().metadata().subscribe(onMetadata);
    tellMetadata();
    led.start();
    LOG.info("coordinator of {} started", kind.topic().topicName());
    return coordinator;
  }

  private void queueMetadata() {
    if (metadataQueued.compareAndSet(false, true)) {
      around.executor().execute(this::tellMetadata);
    }
  }

  private void tellMetadata() {
    metadataQueued.set(false);
    Running<C> now = running;
    if (now != null) {
      now.images
          .next(around.broker().metadata().current())
          .ifPresent(update -> kind.metadata(now.coordinator, update.delta(), update.image()));
    }
  }

  /** Stops the coordinator, if there is one. */
  @Override
  public void close() {
    around.broker().metadata().unsubscribe(onMetadata);
    Running<C> now = running;
    if (now != null) {
      running = null;
      now.led.close();
      kind.shutdown(now.coordinator);
    }
  }

  /** Passes elections on. A defect in a coordinator must not stop the others from hearing. */
  private final class ToCoordinator implements LedPartitions.Listener {
    private @Nullable C coordinator;

    @Override
    public void elected(int partition, int epoch) {
      C present = coordinator;
      if (present != null) {
        kind.elected(present, partition, epoch);
      }
    }

    @Override
    public void resigned(int partition, OptionalInt epoch) {
      C present = coordinator;
      if (present != null) {
        kind.resigned(present, partition, epoch);
      }
    }
  }
}

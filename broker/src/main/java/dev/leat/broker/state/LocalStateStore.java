package dev.leat.broker.state;

import dev.leat.broker.control.ResourceTable;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.Verb;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps resources as YAML files in a directory, for brokers that run without Kubernetes.
 *
 * <p>Reads are answered from memory, at once. Writes and watches queue; a task on the executor
 * takes what has queued up as one batch, makes it durable with one sync, lets it be seen, and only
 * then answers. So what was read or answered is never forgotten.
 *
 * <p>A batch that cannot be written, as when the disk is full, is answered {@code Unreachable}, and
 * the next one is tried as usual. After an error that leaves open what is on disk every write is
 * answered so, until the store is opened again; reads go on.
 *
 * <p>Threads: the caller's for reads, the executor's for everything else, one at a time.
 */
public final class LocalStateStore implements StateStore {
  /** Name of the directory that holds the resources, below that of the store. */
  public static final String DIRECTORY_NAME = "resources";

  /** Most writes that are made durable together: bounds the time of one batch. */
  static final int MAX_BATCH = 1_000;

  /** Most writes and watches that wait: bounds memory when the disk is slow. */
  static final int MAX_QUEUED = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(LocalStateStore.class);

  private final ResourceDirectory directory;
  private final InstantSource clock;
  private final ResourceTable table;
  private final SerialQueue<Task> queue;
  private final Collection<LocalWatch<?>> watches = new CopyOnWriteArrayList<>();
  // Why nothing can be written any more. Written by the queue's consumer only.
  private Optional<String> failure = Optional.empty();

  /** Something queued. */
  private sealed interface Task {}

  private record Write<R extends Resource<R>>(
      Verb verb, R resource, CompletableFuture<StoreOutcome<R>> answer) implements Task {
    /** Does it in the table's batch; what is returned gives the answer. */
    Runnable stage(ResourceTable table, Instant now) {
      StoreOutcome<R> outcome = table.write(verb, resource, now);
      return () -> answer.complete(outcome);
    }

    void fail(String reason) {
      answer.complete(new StoreOutcome.Unreachable<>(reason, Duration.ZERO));
    }
  }

  private record Start(LocalWatch<?> watch) implements Task {}

  /**
   * What a store needs of its surroundings.
   *
   * @param executor runs what is queued; on any number of threads
   * @param clock wall clock, for timestamps that people read
   * @param uids random ids, another one each time
   */
  public record Context(Executor executor, InstantSource clock, Supplier<String> uids) {}

  private LocalStateStore(ResourceDirectory directory, Context context) throws IOException {
    this.directory = directory;
    clock = context.clock();
    List<Resource<?>> resources = directory.load();
    table =
        new ResourceTable(
            resources, directory.versions()::next, context.uids(), ResourceFiles.MAX_NAME_LENGTH);
    queue = new SerialQueue<>(context.executor(), MAX_QUEUED, MAX_BATCH, this::run);
    directory.versions().reserve(resources.size() + 1);
    table.adoptHandmade(now());
    directory.commit(table.batch());
    directory.settle();
    table.publish();
  }

  /**
   * Opens the store in {@code directory}, or makes it. Files that people put there are taken over.
   *
   * @throws DirectoryInUseException if another store uses it
   * @throws DamagedResourcesException if a file cannot be read as a resource
   */
  public static LocalStateStore open(Path directory, Context context) throws IOException {
    Path root = directory.resolve(DIRECTORY_NAME);
    return open(
        ResourceDirectory.open(new FileSystemDisk(), root, ResourceDirectory.MAX_LOG_BYTES),
        context);
  }

  static LocalStateStore open(ResourceDirectory opened, Context context) throws IOException {
    try {
      return new LocalStateStore(opened, context);
    } catch (IOException | RuntimeException e) {
      opened.abandon();
      throw e;
    }
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> get(
      Kind<R> kind, ResourceName name) {
    Optional<StoreOutcome<R>> found = table.get(kind, name).map(StoreOutcome.Ok::new);
    return CompletableFuture.completedStage(found.orElseGet(StoreOutcome.NotFound::new));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<List<R>>> list(Kind<R> kind) {
    return CompletableFuture.completedStage(new StoreOutcome.Ok<>(table.list(kind)));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> create(R resource) {
    return write(Verb.CREATE, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> update(R resource) {
    return write(Verb.UPDATE, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> updateStatus(R resource) {
    return write(Verb.UPDATE_STATUS, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> delete(R resource) {
    return write(Verb.DELETE, resource);
  }

  private <R extends Resource<R>> CompletionStage<StoreOutcome<R>> write(Verb verb, R resource) {
    Write<R> write = new Write<>(verb, resource, new CompletableFuture<>());
    if (!queue.offer(write)) {
      write.fail("the store is closed, or more than " + MAX_QUEUED + " writes wait");
    }
    return write.answer();
  }

  @Override
  public <R extends Resource<R>> Watch watch(Kind<R> kind, WatchListener<R> listener) {
    LocalWatch<R> watch = new LocalWatch<>(kind, listener, watches);
    if (!queue.offer(new Start(watch))) {
      watch.close();
    }
    return watch;
  }

  private void run(List<Task> tasks) {
    List<Write<?>> writes = tasks.stream().<Write<?>>mapMulti(LocalStateStore::pickWrite).toList();
    try {
      List<Runnable> answers = commit(writes);
      List<WatchEvent<?>> events = table.publish();
      directory.settle();
      answers.forEach(Runnable::run);
      events.forEach(event -> watches.forEach(watch -> watch.deliver(event)));
      checkpointIfLarge();
    } catch (IOException e) {
      fail(writes, e);
    } catch (RuntimeException e) {
      LOG.error("a defect: nothing is written any more", e);
      failure = Optional.of("a defect of Leat, see its log: " + e);
      fail(writes, e);
    }
    for (Task task : tasks) {
      if (task instanceof Start start) {
        start.watch().start(table);
      }
    }
  }

  private void fail(List<Write<?>> writes, Exception cause) {
    table.discard();
    String reason = failure.orElse("writing to disk failed: " + cause.getMessage());
    LOG.warn("{} writes were not done: {}", writes.size(), reason);
    writes.forEach(write -> write.fail(reason));
  }

  private static void pickWrite(Task task, Consumer<Write<?>> picked) {
    if (task instanceof Write<?> write) {
      picked.accept(write);
    }
  }

  /** Makes the writes durable; what is returned gives the answers. */
  private List<Runnable> commit(List<Write<?>> writes) throws IOException {
    if (failure.isPresent()) {
      throw new IOException(failure.get());
    }
    directory.versions().reserve(writes.size());
    Instant now = now();
    List<Runnable> answers =
        writes.stream().<Runnable>map(write -> write.stage(table, now)).toList();
    try {
      directory.commit(table.batch());
      return answers;
    } catch (NothingWrittenException e) {
      throw e;
    } catch (IOException e) {
      stopWriting(e);
      throw e;
    }
  }

  private void checkpointIfLarge() {
    try {
      directory.checkpointIfLarge();
    } catch (IOException e) {
      stopWriting(e);
      LOG.error("nothing can be written any more: {}", failure.orElse(""), e);
    }
  }

  private void stopWriting(IOException cause) {
    failure =
        Optional.of(
            "writing to disk failed: " + cause.getMessage() + "; mend the disk, and start again");
  }

  // Kubernetes' timestamps have no fractions.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Must not be called by a listener. */
  @Override
  public void close() {
    queue.close();
    watches.forEach(LocalWatch::close);
    try {
      if (failure.isPresent()) {
        directory.abandon();
      } else {
        directory.close();
      }
    } catch (IOException e) {
      LOG.warn("the files could not be written now; they will be at the next start", e);
    }
  }
}

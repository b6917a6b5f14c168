package dev.leat.broker.state;

import dev.leat.broker.control.ResourceKey;
import dev.leat.crds.Resource;
import dev.leat.crds.yaml.ResourceWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A directory of resources: files that people can read, and a log that makes their changes durable.
 *
 * <p>Order: a batch is durable once it is in the log ({@link #commit}); then its files are written
 * ({@link #settle}). The log is emptied once all files are durable: when it is large, and when the
 * directory is closed. Opening it first puts files right that the log says are behind.
 */
final class ResourceDirectory implements Closeable {
  /** Size from which the log is emptied, in bytes: bounds what a restart reads. */
  static final long MAX_LOG_BYTES = 16L << 20;

  private static final String COMMENT =
      "# Kept by Leat, which reads it when it starts: edit it only while Leat is stopped.\n";

  private final Closeable lock;
  private final long maxLogBytes;
  private final ResourceFiles files;
  private final ChangeLog log;
  private final ResourceVersions versions;
  private final List<Change> committed = new ArrayList<>();

  private ResourceDirectory(Disk disk, Path root, Closeable lock, long maxLogBytes)
      throws IOException {
    this.lock = lock;
    this.maxLogBytes = maxLogBytes;
    files = new ResourceFiles(disk, root);
    List<Change> logged = new ArrayList<>();
    log = ChangeLog.open(disk, root, logged);
    files.repair(logged);
    versions = ResourceVersions.open(disk, root);
  }

  /**
   * Opens or makes it, and keeps others out.
   *
   * @throws DirectoryInUseException if somebody else has it open
   * @throws DamagedResourcesException if what it keeps beside the resources cannot be read
   */
  static ResourceDirectory open(Disk disk, Path root, long maxLogBytes) throws IOException {
    disk.createDirectories(root);
    Closeable lock = disk.lock(root);
    try {
      return new ResourceDirectory(disk, root, lock, maxLogBytes);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Reads everything in it.
   *
   * @throws DamagedResourcesException if something cannot be read
   */
  List<Resource<?>> load() throws IOException {
    List<Resource<?>> resources = files.load();
    versions.goAbove(resources);
    return resources;
  }

  /** Gives the next resourceVersion. */
  ResourceVersions versions() {
    return versions;
  }

  /**
   * Makes a batch durable; a resource that is empty goes.
   *
   * @throws NothingWrittenException if it failed and nothing has changed, as when the disk is full
   * @throws IOException if it failed and some of it may have been done
   */
  void commit(Map<ResourceKey, Optional<Resource<?>>> batch) throws IOException {
    List<Change> changes = new ArrayList<>(batch.size());
    batch.forEach(
        (key, resource) ->
            changes.add(
                new Change(key, resource.map(each -> COMMENT + ResourceWriter.write(each)))));
    List<Change> durable =
        changes.stream().filter(change -> ResourceFiles.isDurable(change.key())).toList();
    if (!durable.isEmpty()) {
      log.append(durable);
    }
    committed.addAll(changes);
  }

  /** Writes the files of what was committed, as far as there is space for them. */
  void settle() {
    files.write(committed);
    committed.clear();
  }

  /** Empties the log if it is large. Throws if the disk can no longer be relied on. */
  void checkpointIfLarge() throws IOException {
    if (log.size() >= maxLogBytes) {
      checkpoint();
    }
  }

  private void checkpoint() throws IOException {
    files.sync();
    log.clear();
  }

  /** Lets others in, and leaves everything as it is on disk. */
  void abandon() throws IOException {
    lock.close();
  }

  /** Empties the log, so that the files alone hold everything, and lets others in. */
  @Override
  public void close() throws IOException {
    try {
      if (log.size() > 0) {
        checkpoint();
      }
    } finally {
      lock.close();
    }
  }
}

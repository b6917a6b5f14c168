package dev.leat.broker.state;

import dev.leat.broker.control.ResourceKey;
import dev.leat.crds.Kind;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Resource;
import dev.leat.crds.yaml.Manifest;
import dev.leat.crds.yaml.Problem;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources as files that people can read and, while nothing runs, edit; one each.
 *
 * <pre>
 *   DIR / topics / NAMESPACE / NAME.yaml
 *                            / NAME.kept   what NAME.yaml held when it could not be read
 *                            / .tmp        being written; means nothing
 * </pre>
 *
 * <p>A file is written under another name first, so that a process that dies leaves no half file.
 * It is durable after {@link #sync}; until then the {@link ChangeLog} has it too.
 */
final class ResourceFiles {
  /** Longest object name: a file name has at most 255 bytes, and room for ".yaml" is needed. */
  static final int MAX_NAME_LENGTH = 250;

  private static final Logger LOG = LoggerFactory.getLogger(ResourceFiles.class);
  private static final String SUFFIX = ".yaml";
  private static final String KEPT_SUFFIX = ".kept";
  private static final String TEMPORARY_NAME = ".tmp";

  private final Disk disk;
  private final Path root;
  private final ResourceReader reader = ResourceReader.ofStored();
  // Written, or to be written if there is no disk space for it now, since the last sync.
  private final Map<ResourceKey, Change> unsynced = new LinkedHashMap<>();
  private final Map<ResourceKey, Change> unwritten = new LinkedHashMap<>();

  ResourceFiles(Disk disk, Path root) {
    this.disk = disk;
    this.root = root;
  }

  /**
   * Reads everything. Throws {@link DamagedResourcesException} if anything cannot be read, except
   * Leases, which are removed then.
   */
  List<Resource<?>> load() throws IOException {
    List<Resource<?>> resources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Kind<?> kind : Kind.ALL) {
      Path ofKind = root.resolve(kind.plural());
      for (String namespace : disk.directories(ofKind)) {
        Path directory = ofKind.resolve(namespace);
        for (String fileName : disk.files(directory)) {
          load(kind, directory.resolve(fileName), resources, problems);
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new DamagedResourcesException(problems);
    }
    return resources;
  }

  private void load(Kind<?> kind, Path file, List<Resource<?>> resources, List<Problem> problems)
      throws IOException {
    if (file.endsWith(TEMPORARY_NAME)) {
      disk.delete(file);
      return;
    }
    if (file.toString().endsWith(KEPT_SUFFIX)) {
      return;
    }
    if (!file.toString().endsWith(SUFFIX)) {
      LOG.warn("{} is not read: its name does not end in {}", file, SUFFIX);
      return;
    }
    ReadResult result = reader.read(file.toString(), disk.read(file));
    List<Problem> wrong = new ArrayList<>(result.problems());
    if (wrong.isEmpty()) {
      checkPlace(kind, file, result.manifests()).ifPresent(wrong::add);
    }
    if (wrong.isEmpty()) {
      resources.add(withVersionOfOurs(result.manifests().getFirst().resource()));
    } else if (kind.equals(Kind.LEASE)) {
      LOG.warn("a lease is removed, damaged when the machine went down: {}", wrong);
      disk.delete(file);
    } else {
      problems.addAll(wrong);
    }
  }

  // What a person copied from a Kubernetes cluster may have a version of another form.
  private static <R extends Resource<R>> R withVersionOfOurs(Resource<R> resource) {
    ObjectMeta metadata = resource.metadata();
    boolean ours = ResourceVersions.numberOf(metadata.resourceVersion()) > 0;
    return resource.withMetadata(ours ? metadata : metadata.edit().resourceVersion("").build());
  }

  private Optional<Problem> checkPlace(Kind<?> kind, Path file, List<Manifest> manifests) {
    if (manifests.size() != 1) {
      String message = "holds " + manifests.size() + " resources; allowed is one";
      return Optional.of(new Problem(file.toString(), 1, "", message));
    }
    Manifest manifest = manifests.getFirst();
    ResourceKey key = ResourceKey.of(manifest.resource());
    if (key.kind().equals(kind) && fileOf(key).equals(file)) {
      return Optional.empty();
    }
    String message = "belongs into " + fileOf(key) + ", by its kind, namespace and name";
    return Optional.of(new Problem(file.toString(), manifest.line(), "metadata", message));
  }

  /**
   * Writes files again that do not hold what the log says they should, as after a crash. A file
   * that a person has edited or made since then is left as it is.
   */
  void repair(List<Change> logged) throws IOException {
    Map<ResourceKey, List<Change>> byKey = new LinkedHashMap<>();
    logged.forEach(
        change -> byKey.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change));
    List<Change> wrong = new ArrayList<>();
    for (List<Change> changes : byKey.values()) {
      Change last = changes.getLast();
      Optional<String> found = read(fileOf(last.key()));
      if (found.isPresent() && isEdited(changes, found.get())) {
        LOG.info("{} was edited while nothing ran, and is taken as it is", fileOf(last.key()));
      } else if (!found.equals(last.text())) {
        keepUnusable(last.key(), found);
        wrong.add(last);
      }
      unsynced.put(last.key(), last);
    }
    write(wrong);
  }

  private Optional<String> read(Path file) throws IOException {
    return disk.exists(file)
        ? Optional.of(new String(disk.read(file), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  // An older version is no edit, nor is the torn beginning of any version.
  private boolean isEdited(List<Change> logged, String found) {
    for (Change change : logged) {
      if (change.text().filter(text -> text.startsWith(found)).isPresent()) {
        return false;
      }
    }
    Optional<String> version = versionOf(found);
    return version.isPresent()
        && (version.get().isEmpty()
            || version.equals(logged.getLast().text().flatMap(this::versionOf)));
  }

  private Optional<String> versionOf(String text) {
    List<Manifest> manifests = reader.read("", text).manifests();
    return manifests.size() == 1
        ? Optional.of(manifests.getFirst().resource().metadata().resourceVersion())
        : Optional.empty();
  }

  private void keepUnusable(ResourceKey key, Optional<String> found) throws IOException {
    Path file = fileOf(key);
    if (found.filter(text -> !text.isEmpty() && versionOf(text).isEmpty()).isPresent()) {
      Path kept = file.resolveSibling(key.name().name() + KEPT_SUFFIX);
      LOG.warn(
          "{} cannot be read and is replaced by what it was last; it is kept as {}", file, kept);
      disk.rename(file, kept);
    }
  }

  /** Writes files, not durably. What cannot be written now is written with the next call. */
  void write(List<Change> changes) {
    for (Change change : changes) {
      unwritten.put(change.key(), change);
      if (isDurable(change.key())) {
        unsynced.put(change.key(), change);
      }
    }
    try {
      writeAll();
    } catch (IOException e) {
      LOG.warn("{} files under {} could not be written now", unwritten.size(), root, e);
    }
  }

  private void writeAll() throws IOException {
    for (var left = unwritten.values().iterator(); left.hasNext(); left.remove()) {
      Change change = left.next();
      Path file = fileOf(change.key());
      if (change.text().isEmpty()) {
        disk.delete(file);
      } else {
        disk.createDirectories(directoryOf(change.key()));
        Path temporary = file.resolveSibling(TEMPORARY_NAME);
        disk.write(temporary, change.text().get().getBytes(StandardCharsets.UTF_8));
        disk.rename(temporary, file);
      }
    }
  }

  /** Makes everything durable that was written, with one sync for each file and directory. */
  void sync() throws IOException {
    writeAll();
    Set<Path> directories = new LinkedHashSet<>();
    for (Change change : unsynced.values()) {
      directories.add(directoryOf(change.key()));
      if (change.text().isPresent()) {
        disk.sync(fileOf(change.key()));
      }
    }
    for (Path directory : directories) {
      disk.syncDirectory(directory);
    }
    unsynced.clear();
  }

  /** Whether a resource must survive that the machine goes down; Leases are hints. */
  static boolean isDurable(ResourceKey key) {
    return !key.kind().equals(Kind.LEASE);
  }

  private Path directoryOf(ResourceKey key) {
    return root.resolve(key.kind().plural()).resolve(key.name().namespace());
  }

  private Path fileOf(ResourceKey key) {
    return directoryOf(key).resolve(key.name().name() + SUFFIX);
  }
}

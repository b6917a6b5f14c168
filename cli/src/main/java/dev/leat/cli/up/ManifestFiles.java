package dev.leat.cli.up;

import dev.leat.cli.console.CommandFailedException;
import dev.leat.crds.yaml.Manifest;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the files of {@code -f}: all of them, or none if one has a problem. */
final class ManifestFiles {
  private final ResourceReader reader = ResourceReader.ofManifests();
  private final List<Manifest> manifests = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** What the files hold, in their order. A directory stands for its YAML files, by name. */
  List<Manifest> read(List<Path> paths) {
    for (Path path : paths) {
      try {
        for (Path file : filesOf(path)) {
          readFile(file);
        }
      } catch (NoSuchFileException e) {
        problems.add(path + ": there is no such file; check the path");
      } catch (IOException e) {
        problems.add(path + ": cannot be read: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new CommandFailedException(
          String.join("\n", problems) + "\nnothing was applied; correct the above and try again");
    }
    return manifests;
  }

  private void readFile(Path file) throws IOException {
    ReadResult result = reader.readFile(file);
    manifests.addAll(result.manifests());
    if (!result.isComplete()) {
      problems.add(result.problemText());
    }
  }

  private static List<Path> filesOf(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.filter(ManifestFiles::isYaml).sorted().toList();
    }
  }

  private static boolean isYaml(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }
}

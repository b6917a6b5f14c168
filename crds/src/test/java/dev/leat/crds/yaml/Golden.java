package dev.leat.crds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Expected texts in files, {@code NAME.out.*} beside each {@code NAME.in.yaml}. Run with {@code
 * -Dgolden.update=true} to write them anew, then read the difference.
 */
final class Golden {
  private static final String INPUT = ".in.yaml";
  private static final Path ROOT = Path.of("src/test/resources/dev/leat/crds/yaml");

  private Golden() {}

  static List<String> cases(String folder) {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(INPUT))
          .map(name -> name.substring(0, name.length() - INPUT.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] input(String folder, String name) throws IOException {
    return Files.readAllBytes(ROOT.resolve(folder).resolve(name + INPUT));
  }

  static void check(String folder, String file, String actual) throws IOException {
    Path golden = ROOT.resolve(folder).resolve(file);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, actual);
    }

    assertThat(golden).hasContent(actual);
  }
}

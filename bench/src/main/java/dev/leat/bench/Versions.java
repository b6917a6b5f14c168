package dev.leat.bench;

import dev.leat.bench.lab.Installation;
import dev.leat.bench.lab.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Which versions of the products were measured. */
final class Versions {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Versions() {}

  static Map<String, String> of(Lab lab) {
    Installation installation = lab.installation();
    Path root = installation.root();
    return Map.of(
        "Kafka",
        installation.kafkaVersion() + " (load clients " + installation.kafkaToolsVersion() + ")",
        "NATS",
        version(lab, installation.natsServer(), List.of("--version")),
        "nats",
        version(lab, installation.nats(), List.of("--version")),
        "Leat",
        version(lab, Path.of("/usr/bin/env"), commit(root)));
  }

  private static List<String> commit(Path root) {
    return List.of("git", "-C", root.toString(), "describe", "--always", "--dirty");
  }

  private static String version(Lab lab, Path program, List<String> arguments) {
    if (!Files.isExecutable(program)) {
      return "missing";
    }
    List<String> words = new java.util.ArrayList<>(List.of(program.toString()));
    words.addAll(arguments);
    String line = lab.run("version", words, LIMIT).getFirst();
    return line.replaceFirst("^nats-server: ", "");
  }
}

package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java program to start.
 *
 * @param name of its log
 * @param options of its JVM
 * @param classPath where it is
 * @param mainClass its class
 */
record Program(String name, List<String> options, String classPath, String mainClass) {
  /** Kafka's jars log as much as they want to: warnings are enough. */
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx1g",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  /** One of {@code ecosystem/} or its libraries. */
  static Program ofEcosystem(Lab lab, String name, String mainClass) {
    return new Program(name, List.of(), lab.installation().programsPath(), mainClass);
  }

  /** Starts it; what it prints is kept. */
  Child start(Lab lab, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add(lab.installation().java().toString());
    words.addAll(OPTIONS);
    words.addAll(options);
    words.addAll(List.of("-cp", classPath, mainClass));
    words.addAll(arguments);
    return lab.children()
        .start(Command.of(lab.workspace().log(name), words).with(Command.Output.LINES_AND_ERRORS));
  }
}

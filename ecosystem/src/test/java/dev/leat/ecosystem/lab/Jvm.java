package dev.leat.ecosystem.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a program in Java is started.
 *
 * @param home of the JDK
 * @param options further ones
 * @param classPath of the program
 */
public record Jvm(Path home, List<String> options, String classPath) {
  private static final List<String> EVERYWHERE =
      List.of(
          "-Xmx512m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
          "-Dorg.slf4j.simpleLogger.showDateTime=true",
          "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");

  /** Copies the list. */
  public Jvm {
    options = List.copyOf(options);
  }

  /** The one that runs the tests, with their class path. */
  public static Jvm here() {
    return new Jvm(
        Path.of(System.getProperty("java.home")),
        List.of("--enable-native-access=ALL-UNNAMED"),
        System.getProperty("java.class.path"));
  }

  /** With another class path. */
  public Jvm classPath(String other) {
    return new Jvm(home, options, other);
  }

  /** With more options. */
  public Jvm with(List<String> more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(more);
    return new Jvm(home, all, classPath);
  }

  List<String> command(String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.addAll(EVERYWHERE);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }
}

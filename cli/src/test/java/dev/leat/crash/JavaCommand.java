package dev.leat.crash;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Command lines of processes that run what is on this test's class path. */
final class JavaCommand {
  private JavaCommand() {}

  /** A changeable command line that runs a class, with these arguments. */
  static List<String> of(String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
            mainClass));
    command.addAll(List.of(arguments));
    return command;
  }
}

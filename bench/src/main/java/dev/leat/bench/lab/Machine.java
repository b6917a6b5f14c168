package dev.leat.bench.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine that figures were measured on.
 *
 * @param cores that this process may use
 * @param cpu its name
 * @param memoryBytes main memory
 * @param kernel operating system and its version
 * @param fileSystem type and device of the file system that holds the data
 * @param java version of the Java that ran all Java programs
 */
public record Machine(
    @JsonProperty int cores,
    @JsonProperty String cpu,
    @JsonProperty long memoryBytes,
    @JsonProperty String kernel,
    @JsonProperty String fileSystem,
    @JsonProperty String java) {
  private static final int BYTES_PER_KIB = 1024;

  /** This machine. */
  public static Machine describe(Path data) {
    try {
      FileStore store = Files.getFileStore(data);
      return new Machine(
          Runtime.getRuntime().availableProcessors(),
          field("/proc/cpuinfo", "model name"),
          Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) * BYTES_PER_KIB,
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          store.type() + " on " + store.name(),
          System.getProperty("java.vendor.version", "") + " " + Runtime.version());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot describe the machine", e);
    }
  }

  private static String field(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}

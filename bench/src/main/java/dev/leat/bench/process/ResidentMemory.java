package dev.leat.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Resident memory of processes as Linux counts it: the pages of mapped files are part of it. */
public final class ResidentMemory {
  private static final int BYTES_PER_KIB = 1024;

  private ResidentMemory() {}

  /** Bytes, summed over processes; those that have ended count nothing. */
  public static long bytes(List<ProcessHandle> processes) {
    return processes.stream().mapToLong(process -> bytes(process.pid())).sum();
  }

  /** The most that the process ever had resident, in bytes; 0 when it has ended. */
  public static long peakBytes(long pid) {
    return field(Path.of("/proc", Long.toString(pid), "status"), "VmHWM:");
  }

  private static long bytes(long pid) {
    return field(Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Rss:");
  }

  private static long field(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KIB)
          .sum();
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new MeasurementException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}

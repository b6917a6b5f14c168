package dev.leat.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How much processor time others took while something was measured: all that the machine was busy
 * with, less what this process and its children used. The kernel's own threads count as others.
 */
public final class ProcessorLoad {
  /** Columns of /proc/stat that count idle time: idle and iowait. */
  private static final int IDLE = 3;

  private static final int IO_WAIT = 4;

  /** Columns after this one count guests, who are already part of user time. */
  private static final int STEAL = 7;

  /** Columns of /proc/self/stat after the name: own and waited-for children's time. */
  private static final int OWN_FIRST = 11;

  private static final int OWN_COUNT = 4;

  private final Ticks begin = Ticks.now();

  private record Ticks(long all, long idle, long own) {
    static Ticks now() {
      try {
        String machine = Files.readAllLines(Path.of("/proc/stat")).getFirst();
        long[] columns = numbers(machine.replaceFirst("cpu +", ""), 0, STEAL + 1);
        String process = Files.readString(Path.of("/proc/self/stat"));
        String afterName = process.substring(process.lastIndexOf(')') + 2);
        return new Ticks(
            Arrays.stream(columns).sum(),
            columns[IDLE] + columns[IO_WAIT],
            Arrays.stream(numbers(afterName, OWN_FIRST, OWN_COUNT)).sum());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read /proc", e);
      }
    }

    private static long[] numbers(String line, int skipped, int count) {
      return Arrays.stream(line.split(" "))
          .skip(skipped)
          .limit(count)
          .mapToLong(Long::parseLong)
          .toArray();
    }
  }

  /**
   * Share of all processors, 0 to 1, that others used since this object was made. Children that
   * still run count as others.
   */
  public double ofOthers() {
    Ticks end = Ticks.now();
    double all = end.all() - begin.all();
    double busy = all - (end.idle() - begin.idle());
    double own = end.own() - begin.own();
    return all <= 0 ? 0 : Math.clamp((busy - own) / all, 0, 1);
  }
}

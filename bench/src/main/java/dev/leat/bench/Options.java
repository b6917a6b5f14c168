package dev.leat.bench;

import dev.leat.bench.lab.Scale;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds how often everything is measured
 * @param patience how often a measurement that others disturbed is made again
 * @param scale how long each measurement takes
 * @param json file for the results, if wanted
 * @param directory where data is written: the disk that is measured
 * @param only a part of the names of contestants; the others are left out
 * @param figures names of figures; empty: the usual ones
 */
record Options(
    int rounds,
    int patience,
    Scale scale,
    @Nullable Path json,
    Path directory,
    String only,
    List<String> figures) {
  static final String USAGE =
      """
      Usage: bench/run [--rounds N] [--quick] [--json FILE] [--dir DIR] [--only NAME] [FIGURE]...

        --rounds N   measure everything N times, contestants in turn (default 3; 1 with --quick)
        --quick      short measurements: minutes instead of an hour, and less to be believed
        --patience N make a measurement again, up to N times, while other programs use more than
                     15 % of the processors; the least disturbed one counts (default 0)
        --json FILE  write all samples to FILE too
        --dir DIR    put data on another disk (default bench/target/work)
        --only NAME  only contestants whose name contains NAME (any case), for example kafka
      """;

  private static final int ROUNDS = 3;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static Options parse(String[] arguments, Path defaultDirectory) {
    Deque<String> words = new ArrayDeque<>(List.of(arguments));
    int rounds = 0;
    int patience = 0;
    boolean quick = false;
    Path json = null;
    Path directory = defaultDirectory;
    String only = "";
    List<String> figures = new ArrayList<>();
    while (!words.isEmpty()) {
      String word = words.pop();
      switch (word) {
        case "--rounds" -> rounds = count(word, words);
        case "--patience" -> patience = count(word, words);
        case "--quick" -> quick = true;
        case "--json" -> json = Path.of(value(word, words));
        case "--dir" -> directory = Path.of(value(word, words));
        case "--only" -> only = value(word, words);
        default -> figures.add(figure(word));
      }
    }
    return new Options(
        rounds > 0 ? rounds : quick ? 1 : ROUNDS,
        patience,
        quick ? Scale.QUICK : Scale.FULL,
        json,
        directory.toAbsolutePath(),
        only,
        List.copyOf(figures));
  }

  private static String figure(String word) {
    if (word.startsWith("-")) {
      throw new IllegalArgumentException("there is no option " + word);
    }
    return word;
  }

  private static String value(String option, Deque<String> words) {
    String value = words.poll();
    if (value == null) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return value;
  }

  private static int count(String option, Deque<String> words) {
    String text = value(option, words);
    if (!text.matches("[1-9]\\d?")) {
      throw new IllegalArgumentException(option + " takes 1 to 99, not " + text);
    }
    return Integer.parseInt(text);
  }
}

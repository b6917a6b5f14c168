package dev.leat.crds.value;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Guesses which of the known words a misspelt one was meant to be. */
public final class Suggestion {
  private Suggestion() {}

  /** {@code "; did you mean X?"}, or nothing if no known word is near. */
  public static String of(String word, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= tolerance(candidate))
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElse("");
  }

  // Two letters that changed places count as two changes.
  private static int tolerance(String word) {
    return word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
  }

  // Levenshtein's distance, upper and lower case being the same; one row at a time.
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
      }
    }
    return row[b.length()];
  }
}

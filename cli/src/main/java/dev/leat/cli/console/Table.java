package dev.leat.cli.console;

import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns: numbers to the right, everything else to the left. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these column titles. */
  public Table(String... titles) {
    rows.add(List.of(titles));
  }

  /** Adds a row; each cell is shown by its {@code toString}. */
  public Table row(Object... cells) {
    rows.add(List.of(cells).stream().map(Object::toString).toList());
    return this;
  }

  /** The lines, the titles first. */
  public List<String> lines() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    boolean[] numeric = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int c = column;
      widths[c] = rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0);
      numeric[c] = rows.stream().skip(1).allMatch(row -> isNumber(row.get(c)));
    }
    return rows.stream().map(row -> line(row, widths, numeric)).toList();
  }

  private static String line(List<String> row, int[] widths, boolean[] numeric) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String padding = " ".repeat(widths[c] - row.get(c).length());
      line.append(numeric[c] ? padding + row.get(c) : row.get(c) + padding).append(GAP);
    }
    return line.toString().stripTrailing();
  }

  private static boolean isNumber(String cell) {
    return cell.equals("-") || (!cell.isEmpty() && cell.chars().allMatch(Table::isNumberPart));
  }

  private static boolean isNumberPart(int character) {
    return Character.isDigit(character) || character == '.' || character == '-';
  }
}

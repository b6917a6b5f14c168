package dev.leat.cli.console;

/** Numbers of bytes for people: three digits and a binary unit. */
public final class HumanSize {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final double STEP = 1024;

  private HumanSize() {}

  /** For example {@code 1.46 GiB}. */
  public static String of(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= STEP && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    int decimals = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return "%.".concat(decimals + "f %s").formatted(value, UNITS[unit]);
  }
}

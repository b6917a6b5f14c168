package dev.leat.bench.report;

import java.util.Locale;

/** What a number counts, and how it is written. */
public enum Unit {
  /** Millions of bytes of record values in a second. */
  MB_PER_SECOND("MB/s", "%,.1f"),
  /** Records in a second. */
  RECORDS_PER_SECOND("records/s", "%,.0f"),
  /** Requests in a second. */
  REQUESTS_PER_SECOND("requests/s", "%,.0f"),
  /** Records. */
  RECORDS("records", "%,.0f"),
  /** Rounds of a measurement. */
  ROUNDS("rounds", "%,.0f"),
  /** Writes of an object. */
  WRITES("writes", "%,.0f"),
  /** Hundredths of the time of one processor. */
  PERCENT_OF_A_CORE("% of a core", "%,.1f"),
  /** Seconds that processors work for 10⁹ bytes of record values. */
  CPU_SECONDS_PER_GB("CPU s/GB", "%,.2f"),
  /** Milliseconds. */
  MILLISECONDS("ms", "%,.2f"),
  /** Seconds. */
  SECONDS("s", "%,.2f"),
  /** 1,048,576 bytes. */
  MEBIBYTES("MiB", "%,.0f"),
  /** 1: it did what it should; 0: it did not. */
  PASSED("", "%.0f") {
    @Override
    public String format(double value) {
      return value == 1 ? "passed" : "failed";
    }
  };

  private final String label;
  private final String format;

  Unit(String label, String format) {
    this.label = label;
    this.format = format;
  }

  /** As the unit is written. */
  public String label() {
    return label;
  }

  /** The number without its unit. */
  public String format(double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

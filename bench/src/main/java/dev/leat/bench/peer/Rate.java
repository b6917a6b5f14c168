package dev.leat.bench.peer;

/**
 * What a load client reached.
 *
 * @param recordsPerSecond records that were acknowledged or read, in a second
 * @param recordSizeBytes bytes of the value of each record
 */
public record Rate(double recordsPerSecond, int recordSizeBytes) {
  private static final double BYTES_PER_MB = 1e6;

  /** Millions of bytes of record values in a second. */
  public double mbPerSecond() {
    return recordsPerSecond * recordSizeBytes / BYTES_PER_MB;
  }
}

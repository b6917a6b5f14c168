package dev.leat.client;

import java.time.Instant;
import java.util.Objects;

/** A place in a partition to read from. */
public sealed interface Position {

  /** The first record that is still stored. */
  record Earliest() implements Position {}

  /**
   * Behind the last record; of consumers that see what is committed, before the first record of an
   * open transaction.
   */
  record Latest() implements Position {}

  /**
   * An offset.
   *
   * @param offset from the partition's first to its high watermark
   */
  record At(long offset) implements Position {
    /** Checks that the offset can exist. */
    public At {
      if (offset < 0) {
        throw new IllegalArgumentException("offset is " + offset + ": give 0 or more");
      }
    }
  }

  /**
   * The first record with this timestamp or a later one; if there is none, behind the last record.
   *
   * @param time event time
   */
  record Since(Instant time) implements Position {
    /** Checks that there is a time. */
    public Since {
      Objects.requireNonNull(time, "time");
    }
  }

  /** The first record that is still stored. */
  static Position earliest() {
    return new Earliest();
  }

  /** Behind the last record: see {@link Latest}. */
  static Position latest() {
    return new Latest();
  }

  /** An offset. */
  static Position at(long offset) {
    return new At(offset);
  }

  /** The first record with this timestamp or a later one. */
  static Position since(Instant time) {
    return new Since(time);
  }
}

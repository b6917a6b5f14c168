package dev.leat.broker.runtime.thread;

/** Where time comes from. The only one who reads the machine's clocks is {@link #SYSTEM}. */
public interface Clock {
  /** The machine's clocks. */
  Clock SYSTEM =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMs() {
          return System.currentTimeMillis();
        }
      };

  /** Nanoseconds since some moment; never goes back. Deadlines and durations use this. */
  long monotonicNanos();

  /** Milliseconds since the Unix epoch; may jump. Only record times and retention use this. */
  long wallMs();

  /** Milliseconds since some moment; never goes back. */
  default long monotonicMs() {
    return monotonicNanos() / 1_000_000;
  }
}

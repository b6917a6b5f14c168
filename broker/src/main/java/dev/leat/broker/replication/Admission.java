package dev.leat.broker.replication;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a part.
 *
 * @param duplicates so many of its first batches are in the log already
 * @param duplicateOffset base offset of the first of them, -1 if there are none
 * @param refusal why nothing of it is appended, or null
 * @param detail with a refusal: one line for a person
 */
record Admission(int duplicates, long duplicateOffset, @Nullable Refusal refusal, String detail) {
  /** Everything is new and in order. */
  static final Admission ALL_NEW = new Admission(0, -1, null, "");

  static Admission of(int duplicates, long duplicateOffset) {
    return duplicates == 0 ? ALL_NEW : new Admission(duplicates, duplicateOffset, null, "");
  }

  static Admission refuse(Refusal refusal, String format, long... values) {
    Object[] boxed = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }
    return new Admission(0, -1, refusal, String.format(format, boxed));
  }

  boolean isRefused() {
    return refusal != null;
  }
}

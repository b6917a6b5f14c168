package dev.leat.client.fake;

import dev.leat.v1.ErrorCode;

/** Decides what happens to each batch that a fake broker receives. */
@FunctionalInterface
public interface ProduceScript {

  /** Everything works. */
  ProduceScript OBEDIENT = (broker, partition, batch) -> Fate.append();

  /**
   * What happens.
   *
   * @param kind what
   * @param error with REFUSE: why
   */
  record Fate(Kind kind, ErrorCode error) {
    /** Appended and acknowledged. */
    public static Fate append() {
      return new Fate(Kind.APPEND, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }

    /** Not appended; the request fails for this batch. */
    public static Fate refuse(ErrorCode error) {
      return new Fate(Kind.REFUSE, error);
    }

    /** Appended, but the answer is this error. */
    public static Fate appendAndRefuse(ErrorCode error) {
      return new Fate(Kind.APPEND_AND_REFUSE, error);
    }

    /** The stream breaks before the batch is appended. */
    public static Fate breakBefore() {
      return new Fate(Kind.BREAK_BEFORE, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }

    /** The batch is appended and the stream breaks before the answer. */
    public static Fate breakAfter() {
      return new Fate(Kind.BREAK_AFTER, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }

    /** The request never gets an answer; nothing of it is appended. */
    public static Fate hang() {
      return new Fate(Kind.HANG, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }
  }

  /** Kinds of fates. */
  enum Kind {
    APPEND,
    REFUSE,
    APPEND_AND_REFUSE,
    BREAK_BEFORE,
    BREAK_AFTER,
    HANG
  }

  /**
   * The fate of a batch.
   *
   * @param broker number of the broker that received it
   * @param partition number of the partition
   * @param batch how many batches this partition has received before, over all brokers
   */
  Fate fateOf(int broker, int partition, int batch);
}

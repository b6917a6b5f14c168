package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.List;

/** Decides what is kept of batches that are moved. Is shown all batches of a range, in order. */
@FunctionalInterface
public interface BatchFilter {
  /** Keeps everything. */
  BatchFilter EVERYTHING = List::of;

  /**
   * What is kept of some batches.
   *
   * @param batches whole batches, one after the other, from position to limit
   * @return whole batches, in order, none of them beyond the offsets of the given ones; may share
   *     their bytes
   */
  List<ByteBuffer> keep(ByteBuffer batches);
}

package dev.leat.api.rpc;

import java.nio.ByteBuffer;

/**
 * A buffer that goes back to where it came from when nobody needs it any more. It begins with one
 * reference. Safe for use by several threads; the bytes themselves are written before the buffer is
 * shared.
 */
public interface ReleasableBuffer {

  /** The bytes. The same object every time: use absolute access, slices or duplicates. */
  ByteBuffer buffer();

  /**
   * Adds a reference.
   *
   * @throws IllegalStateException if none is left
   */
  void retain();

  /**
   * Takes a reference away; the bytes must not be touched any more without another one.
   *
   * @throws IllegalStateException if none is left
   */
  void release();
}

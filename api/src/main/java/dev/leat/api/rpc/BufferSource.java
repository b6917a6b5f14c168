package dev.leat.api.rpc;

/** Where the memory of incoming messages comes from. Called by network threads. */
@FunctionalInterface
public interface BufferSource {

  /**
   * Gives a buffer with position 0 and limit {@code bytes}, of undefined content.
   *
   * @param bytes size, from 0 to {@link WireLimits#MAX_MESSAGE_BYTES}
   */
  ReleasableBuffer allocate(int bytes);
}

package dev.leat.bench.peer;

import dev.leat.bench.process.Child;

/** A running server that clients can connect to. Closing it ends all its processes. */
public interface Server extends AutoCloseable {
  /** Its process; servers that consist of several descend from it. */
  Child process();

  /** Host and port for clients. */
  String bootstrap();

  @Override
  default void close() {
    process().close();
  }
}

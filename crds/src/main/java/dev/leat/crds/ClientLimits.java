package dev.leat.crds;

import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.InvalidValueException;
import java.util.Optional;

/**
 * What clients may take of each broker together, however many or hostile they are; what is empty is
 * the broker's default.
 *
 * @param connections most connections of each listener at a time; more are closed at once
 * @param connectionsPerAddress most of them from one address; behind a NodePort all clients may
 *     have that of a node
 * @param idleSeconds a connection that is not used for so long is closed
 * @param requestMemory bytes of requests that are not answered yet: beyond it nobody's next request
 *     is read, and one request may have half of it
 * @param responseMemory bytes that are held for clients who are slow: beyond it those go that have
 *     stood still longest
 */
public record ClientLimits(
    Optional<Integer> connections,
    Optional<Integer> connectionsPerAddress,
    Optional<Integer> idleSeconds,
    Optional<ByteSize> requestMemory,
    Optional<ByteSize> responseMemory) {
  /** Largest number of connections. */
  public static final int MAX_CONNECTIONS = 1_000_000;

  /** A day. */
  public static final int MAX_IDLE_SECONDS = 86_400;

  /** Less has no room for requests of the usual size. */
  public static final ByteSize MIN_MEMORY = new ByteSize(8L << 20);

  /** Each of the two may have this part of a broker's memory: heap and buffers need the rest. */
  public static final int MEMORY_SHARE = 8;

  /** Why limits do not fit a broker. */
  public static final String TOO_MUCH_MEMORY =
      "is over an eighth of resources.memory, where everything else has to fit, too: allow less, or"
          + " give brokers more";

  /** As brokers have it. */
  public static final ClientLimits DEFAULT =
      new ClientLimits(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Returns {@code number}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkConnections(int number) {
    return check(number, MAX_CONNECTIONS);
  }

  /** Returns {@code seconds}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkIdleSeconds(int seconds) {
    return check(seconds, MAX_IDLE_SECONDS);
  }

  private static int check(int number, int max) {
    InvalidValueException.unless(
        number >= 1 && number <= max, number + " is out of range; allowed is 1 to " + max);
    return number;
  }

  /** Returns {@code size}; throws {@link InvalidValueException} if it is never enough. */
  public static ByteSize checkMemory(ByteSize size) {
    InvalidValueException.unless(
        size.compareTo(MIN_MEMORY) >= 0,
        size + " is too small; allowed is " + MIN_MEMORY + " or more");
    return size;
  }

  /** Whether a broker with so much memory has room for {@code part} of it. */
  public static boolean fits(ByteSize part, ByteSize memory) {
    return part.bytes() <= memory.bytes() / MEMORY_SHARE;
  }
}

package dev.leat.api.rpc;

/** Limits of the protocol that both sides know. */
public final class WireLimits {

  /** Largest message in bytes: what a broker is ready to hold for one request. */
  public static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

  /** Most partitions in one request: bounds what a small hostile message can make a broker do. */
  public static final int MAX_PARTITIONS = 10_000;

  private WireLimits() {}
}

package dev.leat.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a client finds its cluster.
 *
 * @param bootstrap brokers to ask first, each {@code host:port}; any one that lives will do
 * @param connectTimeout how long {@link LeatClient#connect} tries to reach one of them
 * @param requestTimeout how long a call to a broker may take
 * @param minBackoff pause before the second try to reach a broker; doubles with each further one
 * @param maxBackoff bound of that pause
 */
public record ClientConfig(
    List<String> bootstrap,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration minBackoff,
    Duration maxBackoff) {

  /** Port of a broker that is given without one. */
  public static final int DEFAULT_PORT = 9190;

  /** Checks and completes the addresses. */
  public ClientConfig {
    List<String> complete = new ArrayList<>();
    for (String address : bootstrap) {
      complete.add(withPort(address.strip()));
    }
    if (complete.isEmpty()) {
      throw new IllegalArgumentException("no bootstrap address: give host:port");
    }
    bootstrap = List.copyOf(complete);
  }

  private static String withPort(String address) {
    int colon = address.lastIndexOf(':');
    boolean hasPort = colon > address.lastIndexOf(']') && colon > 0;
    String port = hasPort ? address.substring(colon + 1) : Integer.toString(DEFAULT_PORT);
    String host = hasPort ? address.substring(0, colon) : address;
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(
          "bootstrap address '" + address + "' is not of the form host:port");
    }
    return host + ":" + port;
  }

  /** Defaults, for brokers given as {@code host:port}, separated by commas. */
  public static ClientConfig of(String bootstrap) {
    return new ClientConfig(
        List.of(bootstrap.split(",")),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMillis(20),
        Duration.ofSeconds(1));
  }

  /** This config with another connect timeout. */
  public ClientConfig withConnectTimeout(Duration timeout) {
    return new ClientConfig(bootstrap, timeout, requestTimeout, minBackoff, maxBackoff);
  }

  /** This config with another request timeout. */
  public ClientConfig withRequestTimeout(Duration timeout) {
    return new ClientConfig(bootstrap, connectTimeout, timeout, minBackoff, maxBackoff);
  }

  /** This config with other pauses between tries to reach a broker. */
  public ClientConfig withBackoff(Duration min, Duration max) {
    return new ClientConfig(bootstrap, connectTimeout, requestTimeout, min, max);
  }
}

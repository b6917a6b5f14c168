package dev.leat.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Reads a broker's /metrics. */
public final class Scrape {
  private Scrape() {}

  /** Sum of all series of this name. */
  public static double sum(int httpPort, String name) throws IOException {
    try (InputStream text =
        URI.create("http://127.0.0.1:" + httpPort + "/metrics").toURL().openStream()) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }
}

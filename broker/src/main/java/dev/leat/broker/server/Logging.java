package dev.leat.broker.server;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sets up the process' log: structured lines on stderr. */
public final class Logging {
  /**
   * Noisy at INFO, and about connections that end: of interest when somebody looks for a fault
   * only.
   */
  private static final String[] QUIET = {"io.grpc", "io.netty"};

  /** Kafka's classes tell at INFO what Leat's own say better. */
  private static final String[] WARNING = {"org.apache.kafka", "kafka"};

  /** Held, because the log manager holds its loggers weakly. */
  private static final Logger[] QUIETED = new Logger[QUIET.length + WARNING.length];

  private Logging() {}

  /** Replaces the handlers of the root logger. */
  public static void install() {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setFormatter(new LogfmtFormatter());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(handler);
    for (int i = 0; i < QUIET.length; i++) {
      QUIETED[i] = Logger.getLogger(QUIET[i]);
      QUIETED[i].setLevel(Level.SEVERE);
    }
    for (int i = 0; i < WARNING.length; i++) {
      Logger logger = Logger.getLogger(WARNING[i]);
      logger.setLevel(Level.WARNING);
      QUIETED[QUIET.length + i] = logger;
    }
  }
}

package dev.leat.broker.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * One line per event, {@code key=value} pairs: {@code ts=… level=info logger=… msg="…"}. The stack
 * trace, if any, follows on lines of its own that begin with a tab.
 */
final class LogfmtFormatter extends Formatter {
  @Override
  public String format(LogRecord event) {
    StringBuilder line = new StringBuilder(160);
    line.append("ts=")
        .append(Instant.ofEpochMilli(event.getMillis()).truncatedTo(ChronoUnit.MILLIS))
        .append(" level=")
        .append(levelOf(event.getLevel()))
        .append(" logger=")
        .append(simpleName(event.getLoggerName()))
        .append(" msg=");
    quote(line, formatMessage(event));
    line.append('\n');
    if (event.getThrown() != null) {
      StringWriter trace = new StringWriter();
      event.getThrown().printStackTrace(new PrintWriter(trace));
      trace.toString().lines().forEach(l -> line.append('\t').append(l.strip()).append('\n'));
    }
    return line.toString();
  }

  private static String levelOf(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }

  private static String simpleName(String logger) {
    return logger == null ? "root" : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(c);
      }
    }
    out.append('"');
  }
}

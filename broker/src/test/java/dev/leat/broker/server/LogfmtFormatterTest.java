package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogfmtFormatterTest {
  private static LogRecord event(String message) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("dev.leat.broker.runtime.CoreLoop");
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
    return event;
  }

  @Test
  void shouldWriteOneLineWhateverIsSaid() {
    String line = new LogfmtFormatter().format(event("\"click\" is gone:\n\tC:\\data"));

    assertThat(line)
        .isEqualTo(
            "ts=2026-01-02T03:04:05.678Z level=warn logger=CoreLoop"
                + " msg=\"\\\"click\\\" is gone:\\n\\tC:\\\\data\"\n");
  }

  @Test
  void shouldPutAStackTraceOnLinesOfItsOwn() {
    LogRecord event = event("it failed");
    event.setThrown(new IllegalStateException("first\nsecond"));

    List<String> lines = new LogfmtFormatter().format(event).lines().toList();

    assertThat(lines.getFirst()).endsWith(" msg=\"it failed\"");
    assertThat(lines.subList(1, lines.size()))
        .hasSizeGreaterThan(2)
        .allMatch(line -> line.startsWith("\t"));
  }
}

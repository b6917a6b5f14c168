package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.LeatCommand;
import dev.leat.bench.peer.LeatServer;
import java.util.List;

/** A new Leat broker with one topic, for one measurement. */
final class LeatRun implements AutoCloseable {
  private final LeatServer server;
  private final LeatCommand command;

  private LeatRun(LeatServer server, LeatCommand command) {
    this.server = server;
    this.command = command;
  }

  static LeatRun start(Lab lab, List<String> topicFlags) {
    LeatServer server = LeatServer.startNew(lab);
    LeatCommand command = new LeatCommand(lab, server.bootstrap());
    command.createTopic(Settings.TOPIC, Settings.PARTITIONS, topicFlags);
    return new LeatRun(server, command);
  }

  LeatCommand command() {
    return command;
  }

  LeatServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}

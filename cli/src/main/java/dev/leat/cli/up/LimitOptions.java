package dev.leat.cli.up;

import dev.leat.broker.server.ListenerLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What clients may take of each listener. */
final class LimitOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most connections of each listener at a time. Default: ${DEFAULT-VALUE}.",
      defaultValue = "10000")
  private int connections;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "N",
      description = "Most of them from one address. Default: ${DEFAULT-VALUE}.",
      defaultValue = "5000")
  private int connectionsPerAddress;

  @Option(
      names = "--connections-max-idle-ms",
      paramLabel = "MS",
      description = "A connection that is not used so long is closed. Default: ${DEFAULT-VALUE}.",
      defaultValue = "600000")
  private long idleMs;

  static List<String> arguments(ListenerLimits limits) {
    return List.of(
        "--max-connections=" + limits.connections(),
        "--max-connections-per-address=" + limits.connectionsPerAddress(),
        "--connections-max-idle-ms=" + limits.idleMs());
  }

  ListenerLimits limits() {
    try {
      return new ListenerLimits(connections, connectionsPerAddress, idleMs);
    } catch (IllegalArgumentException e) {
      CommandSpec mixee = command;
      if (mixee == null) {
        throw e;
      }
      throw new ParameterException(mixee.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}

package dev.leat.cli.console;

import dev.leat.client.ClientConfig;
import dev.leat.client.LeatClient;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that say which cluster a command talks to. */
public final class ClusterOptions {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      description = "Brokers to ask first; any live one will do. Default: ${DEFAULT-VALUE}.",
      defaultValue = "${env:LEAT_BOOTSTRAP:-localhost:9190}",
      converter = Converter.class)
  private ClientConfig config = ClientConfig.of("localhost:9190");

  /** A connected client. */
  public LeatClient connect() {
    return LeatClient.connect(config);
  }

  static final class Converter implements ITypeConverter<ClientConfig> {
    @Override
    public ClientConfig convert(String value) {
      try {
        return ClientConfig.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

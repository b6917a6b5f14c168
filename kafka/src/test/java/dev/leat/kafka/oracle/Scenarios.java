package dev.leat.kafka.oracle;

import dev.leat.kafka.RawClient;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a new cluster of one broker, number 0, answers to good and bad requests, a line each. Run as
 * a program against Apache Kafka it makes the file that {@link OracleTest} compares with.
 */
public final class Scenarios {
  private Scenarios() {}

  static void run(int port, Consumer<String> out) throws Exception {
    try (Admin admin =
            Admin.create(
                Map.of("bootstrap.servers", "127.0.0.1:" + port, "request.timeout.ms", "10000"));
        RawClient client = new RawClient(port)) {
      new AdminScenarios(admin, out).run();
      new DataScenarios(client, out).run();
      new CoordinatorScenarios(client, out).run();
    }
  }

  /** Prints the answers of the broker at this port. */
  public static void main(String[] arguments) throws Exception {
    run(Integer.parseInt(arguments[0]), System.out::println);
  }
}

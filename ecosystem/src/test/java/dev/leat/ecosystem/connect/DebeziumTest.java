package dev.leat.ecosystem.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Debezium reads every change of a table of PostgreSQL into a topic, and its JDBC sink keeps a copy
 * of the table in another database. In the middle the worker is killed and started again, and then
 * a broker is killed.
 */
@Tag("full")
@Timeout(400)
class DebeziumTest {
  private static final int CHANGES = 150;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String SOURCE = "shop";
  private static final String COPY = "copy";
  private static final String ROWS = "select id, name, price, stock from goods order by id";

  private static Map<String, String> source(Postgres postgres) {
    Map<String, String> config = new HashMap<>(json());
    config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    config.put("plugin.name", "pgoutput");
    config.put("database.hostname", "127.0.0.1");
    config.put("database.port", Integer.toString(postgres.port()));
    config.put("database.user", Postgres.user());
    config.put("database.password", "");
    config.put("database.dbname", SOURCE);
    config.put("topic.prefix", SOURCE);
    config.put("table.include.list", "public.goods");
    config.put("publication.autocreate.mode", "filtered");
    config.put("topic.creation.default.partitions", "3");
    config.put("topic.creation.default.replication.factor", "-1");
    config.put("topic.creation.default.cleanup.policy", "compact");
    return config;
  }

  private static Map<String, String> sink(Postgres postgres) {
    Map<String, String> config = new HashMap<>(json());
    config.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    config.put(
        "connection.url", "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), COPY));
    config.put("connection.username", Postgres.user());
    config.put("connection.password", "any");
    config.put("topics", "shop.public.goods");
    config.put("collection.name.format", "goods");
    config.put("insert.mode", "upsert");
    config.put("primary.key.mode", "record_key");
    config.put("delete.enabled", "true");
    config.put("schema.evolution", "basic");
    return config;
  }

  private static Map<String, String> json() {
    return Map.of(
        "tasks.max",
        "1",
        "key.converter",
        "org.apache.kafka.connect.json.JsonConverter",
        "value.converter",
        "org.apache.kafka.connect.json.JsonConverter");
  }

  @Test
  void shouldKeepACopyOfATable() throws Exception {
    Path directory = Cluster.directory("debezium");
    String plugins = System.getProperty("ecosystem.plugins", "");
    assertThat(plugins).as("-Decosystem.plugins, a directory").isNotEmpty();
    try (Postgres postgres = new Postgres(directory);
        Cluster cluster = Cluster.start("debezium-brokers");
        Worker worker =
            new Worker(directory, cluster.bootstrap(), Map.of("plugin.path", plugins))) {
      create(postgres);
      worker.put("source", source(postgres));
      worker.awaitRunning("source");
      worker.put("sink", sink(postgres));
      worker.awaitRunning("sink");

      CompletableFuture<Void> first = change(postgres, 0);
      worker.kill();
      worker.start();
      first.get(2, TimeUnit.MINUTES);
      CompletableFuture<Void> second = change(postgres, CHANGES);
      cluster.killBroker(1);
      second.get(2, TimeUnit.MINUTES);

      String rows = postgres.sql(SOURCE, ROWS);
      assertThat(rows.lines().count()).isGreaterThan(100);
      Await.until(
          "the copy is equal, see " + directory,
          LIMIT,
          () -> postgres.sql(COPY, ROWS).equals(rows));
    }
  }

  private static void create(Postgres postgres) throws Exception {
    postgres.sql(Postgres.user(), "create database " + SOURCE);
    postgres.sql(Postgres.user(), "create database " + COPY);
    postgres.sql(
        SOURCE,
        "create table goods"
            + " (id int primary key, name text not null, price numeric(10,2), stock int);"
            + " insert into goods select i, 'boat ' || i, i * 1.25, 100"
            + " from generate_series(1, 200) i");
  }

  /** Inserts, updates and deletes, a transaction after the other. */
  private static CompletableFuture<Void> change(Postgres postgres, int from) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            for (int i = from; i < from + CHANGES; i++) {
              postgres.sql(SOURCE, statements(i));
            }
          } catch (Exception e) {
            throw new AssertionError("a change failed", e);
          }
        });
  }

  private static String statements(int i) {
    int first = 1000 + 3 * i;
    return ("insert into goods values (%d, 'new %d', %d.50, 1), (%d, 'new too', null, 2);"
            + " update goods set stock = stock - 1, name = name || '.' where id %% 50 = %d;"
            + " delete from goods where id = %d or id = %d;")
        .formatted(first, i, i, first + 1, i % 50, first - 2, i + 1);
  }
}

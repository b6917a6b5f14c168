package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.LeatServer;
import dev.leat.bench.peer.Server;
import dev.leat.bench.peer.SpreadPerf.Topics;
import dev.leat.bench.process.MeasurementException;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.TopicSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Leat cluster of one broker. */
final class LeatProduct implements TopicProduct {
  private static final Duration CREATE_LIMIT = Duration.ofMinutes(2);

  private final Lab lab;
  private final Path directory;

  LeatProduct(Lab lab) {
    this.lab = lab;
    this.directory = lab.directory("leat");
  }

  @Override
  public String name() {
    return "leat";
  }

  @Override
  public Server start() {
    return LeatServer.start(lab, directory);
  }

  /** One call for each topic, all at once; a call returns when all partitions take records. */
  @Override
  public void create(Server server, Topics topics) {
    try (LeatClient client = LeatClient.connect(server.bootstrap());
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> created = new ArrayList<>();
      for (String name : topics.names()) {
        TopicSpec topic = TopicSpec.of(name).withPartitions(topics.partitions());
        created.add(calls.submit(() -> client.admin().createTopic(topic)));
      }
      for (Future<?> future : created) {
        future.get(CREATE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new MeasurementException("Leat did not create all topics: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
  }

  /** Nothing to wait for: a broker says that it is ready when all partitions take records. */
  @Override
  public void awaitOnline(Server server, Topics topics) {}
}

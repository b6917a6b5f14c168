package dev.leat.ecosystem.streams;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One instance of {@link WordCount}, a process, which can be killed and started again. */
final class Instance implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

  private final Path directory;
  private final String name;
  private final List<String> arguments;
  private Child child;
  private String address = "";

  /**
   * Starts it.
   *
   * @param directory of all instances of the application
   * @param name of this one
   * @param settings of Kafka Streams, but for the place of its state
   */
  Instance(Path directory, String name, Map<String, String> settings)
      throws IOException, InterruptedException {
    this.directory = directory;
    this.name = name;
    this.arguments = new ArrayList<>();
    settings.forEach((key, value) -> arguments.add(key + "=" + value));
    arguments.add("state.dir=" + directory.resolve(name));
    start();
  }

  /** Starts it again, with the state that it has on its disk. */
  void start() throws IOException, InterruptedException {
    child = Child.java(directory, name, WordCount.class.getName(), arguments);
    address = child.await("http", START_LIMIT);
  }

  /** Waits until it works, for the first time since its start. */
  void awaitRunning() throws InterruptedException {
    child.await("state RUNNING", START_LIMIT);
  }

  void kill() throws InterruptedException {
    child.kill();
  }

  /** What it answers, as soon as it has an answer. */
  String ask(String question, Duration limit) throws InterruptedException {
    String[] answer = new String[1];
    Await.until(
        name + " answers " + question,
        limit,
        () -> {
          child.mustRun();
          HttpRequest request =
              HttpRequest.newBuilder(URI.create("http://" + address + question))
                  .timeout(ANSWER_LIMIT)
                  .build();
          HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() != OK) {
            throw new IOException(response.statusCode() + ": " + response.body());
          }
          answer[0] = response.body();
          return true;
        });
    return answer[0];
  }

  /** All counts of a store that it holds. */
  Map<String, Long> counts(String question) throws InterruptedException {
    Map<String, Long> counts = new HashMap<>();
    ask(question, START_LIMIT)
        .lines()
        .map(line -> line.split("\t"))
        .forEach(parts -> counts.put(parts[0], Long.valueOf(parts[1])));
    return counts;
  }

  @Override
  public void close() {
    child.close();
  }
}

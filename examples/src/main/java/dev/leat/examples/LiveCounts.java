package dev.leat.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Counts the visits of each page while they happen: prints them every second, and pushes them to a
 * small web page. The counts are those of all visits there ever were: they are read again at each
 * start. Arguments: bootstrap, port of the web page.
 */
public final class LiveCounts {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final String PAGE =
      """
      <!doctype html><meta charset="utf-8"><title>Live counts</title>
      <style>
        body { font: 16px sans-serif; margin: 3em }
        i { background: #2a7; display: inline-block; height: .8em; margin-right: .5em }
        td { padding-right: 1em }
      </style>
      <h1>Visits</h1><table id="counts"></table>
      <script>
        const table = document.getElementById('counts');
        new EventSource('/counts').onmessage = event => {
          const pages = event.data.split(' ').map(page => page.split('='));
          const most = Math.max(...pages.map(page => +page[1]));
          table.replaceChildren(...pages.map(([name, visits]) => {
            const row = document.createElement('tr');
            row.insertCell().textContent = name;
            row.insertCell().append(document.createElement('i'), visits);
            row.querySelector('i').style.width = visits / most * 20 + 'em';
            return row;
          }));
        };
      </script>
      """;

  private final Map<String, Long> visits = new TreeMap<>();

  private LiveCounts() {}

  /** Runs until it is ended. */
  public static void main(String[] args) throws IOException {
    LiveCounts counts = new LiveCounts();
    counts.serve(Integer.parseInt(args[1]));
    try (LeatClient client = LeatClient.connect(args[0]);
        Consumer consumer = client.consumer()) {
      consumer.assign("click", Position.earliest());
      long next = System.nanoTime();
      while (true) {
        consumer.poll(SECOND).forEach(counts::add);
        if (System.nanoTime() - next >= 0) {
          System.out.println(counts);
          next = System.nanoTime() + SECOND.toNanos();
        }
      }
    }
  }

  private synchronized void add(ConsumerRecord visit) {
    visits.merge(String.valueOf(visit.valueText()), 1L, Long::sum);
  }

  @Override
  public synchronized String toString() {
    return visits.entrySet().stream()
        .map(page -> page.getKey() + "=" + page.getValue())
        .collect(Collectors.joining(" "));
  }

  private void serve(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", LiveCounts::page);
    server.createContext("/counts", this::push);
    server.start();
  }

  private static void page(HttpExchange exchange) throws IOException {
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  /** Server-sent events, until the browser goes away. */
  private void push(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream events = exchange.getResponseBody()) {
      while (true) {
        events.write(("data: " + this + "\n\n").getBytes(StandardCharsets.UTF_8));
        events.flush();
        Thread.sleep(SECOND);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

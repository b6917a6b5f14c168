package dev.leat.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code leat up} in a process of its own, that can be killed; perhaps with more for its brokers.
 */
final class BrokerProcess {
  private static final int EXIT_TIMEOUT_S = 30;
  private static final int MAX_PORT = 65_535;

  private final Path directory;
  private final int port;
  private final int brokers;
  private final int kafkaPort;
  private final int peerPort;
  private final @Nullable PeerProxies proxies;
  private Process process;

  /** Starts one broker; returns when it is ready. */
  BrokerProcess(Path directory) throws IOException {
    this(directory, 1);
  }

  /**
   * Starts so many brokers, if several each in a process of its own; returns when all are ready.
   */
  BrokerProcess(Path directory, int brokers) throws IOException {
    this(directory, brokers, false);
  }

  private BrokerProcess(Path directory, int brokers, boolean proxied) throws IOException {
    this.directory = directory;
    this.brokers = brokers;
    this.port = freePorts(brokers);
    this.kafkaPort = freePorts(brokers);
    this.peerPort = proxied ? freePorts(brokers) : 0;
    this.proxies = proxied ? new PeerProxies(peerPort, port, brokers) : null;
    this.process = start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "end brokers"));
  }

  /** A test that fails leaves nothing running. */
  private void endAll() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** As above, where brokers reach each other through {@link #proxies()}, and clients directly. */
  static BrokerProcess withProxies(Path directory, int brokers) throws IOException {
    return new BrokerProcess(directory, brokers, true);
  }

  /** What stands between the brokers. */
  PeerProxies proxies() {
    return Objects.requireNonNull(proxies, "brokers without proxies");
  }

  /** The processes of the brokers, if each has one. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  String bootstrap() {
    return IntStream.range(port, port + brokers)
        .mapToObj(each -> "127.0.0.1:" + each)
        .collect(Collectors.joining(","));
  }

  int port() {
    return port;
  }

  String kafkaBootstrap() {
    return "127.0.0.1:" + kafkaPort;
  }

  /** Ends it as a power failure of the process would: nothing is flushed, closed or said. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
      throw new IllegalStateException("process " + process.pid() + " survives SIGKILL");
    }
  }

  /** It does nothing any more, and closes no connection, until {@link #goOn}. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP", process.toHandle());
  }

  /** The end of {@link #freeze}. */
  void goOn() throws IOException, InterruptedException {
    signal("CONT", process.toHandle());
  }

  /** Sends a signal, as {@code kill -NAME} does. */
  static void signal(String name, ProcessHandle to) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, Long.toString(to.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " " + to.pid() + " ends with " + status);
    }
  }

  /** Starts it again in the same directory and on the same port; returns when it is ready. */
  void restart() throws IOException {
    process = start();
  }

  /** Ends it politely; its exit status. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
      kill();
    }
    if (proxies != null) {
      proxies.close();
    }
    return process.exitValue();
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder(command())
            .redirectError(directory.resolve("stderr.log").toFile())
            .start();
    BufferedReader out = started.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("ready")) {
        return started;
      }
    }
    throw new IOException("the broker ended before it was ready; see " + directory);
  }

  private List<String> command() {
    List<String> command =
        JavaCommand.of(
            "dev.leat.cli.Main",
            "up",
            "--dir",
            directory.toString(),
            "--grpc-port",
            Integer.toString(port),
            "--http-port",
            "0",
            "--kafka-port",
            Integer.toString(kafkaPort));
    if (brokers > 1) {
      command.addAll(List.of("--brokers", Integer.toString(brokers), "--processes"));
    }
    if (peerPort > 0) {
      command.addAll(List.of("--peer-port", Integer.toString(peerPort)));
    }
    return command;
  }

  /** The first of so many ports that nobody uses. */
  private static int freePorts(int count) throws IOException {
    while (true) {
      int first;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        first = socket.getLocalPort();
      }
      if (first + count < MAX_PORT && areFree(first, count)) {
        return first;
      }
    }
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        socket.setReuseAddress(true);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}

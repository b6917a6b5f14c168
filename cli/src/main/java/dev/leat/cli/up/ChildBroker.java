package dev.leat.cli.up;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own, which is started again when it ends. The process reads its
 * input to the end: when this process ends, however it does, so does the input, and the broker
 * stops. What it writes says how it is; see {@link BrokerCommand}.
 */
final class ChildBroker implements BrokerNode {
  static final String TOKEN_VARIABLE = "LEAT_STATE_TOKEN";
  static final String MAIN_CLASS = "dev.leat.cli.Main";

  private static final int EXIT_TIMEOUT_S = 20;

  /**
   * Pause before a process that ended is started again, as long as a kubelet takes to see that: the
   * others have the processors for themselves while they go on without it.
   */
  private static final int RESTART_MS = 1_000;

  private final URI server;
  private final String token;
  private BrokerPlan plan;
  private volatile Process process;
  private volatile Optional<String> waiting = Optional.of("it starts");
  private volatile int groups = -1;
  private volatile int peersUp;
  private volatile boolean stopping;
  private volatile boolean failed;

  /**
   * Starts it: it may not be ready yet.
   *
   * @param server where the state server is
   * @param executor runs what watches the process
   */
  ChildBroker(BrokerPlan plan, URI server, String token, Executor executor) throws IOException {
    this.plan = plan;
    this.server = server;
    this.token = token;
    this.process = launch();
    executor.execute(this::watch);
  }

  private Process launch() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().put(TOKEN_VARIABLE, token);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN_CLASS, "broker"));
    command.addAll(BrokerCommand.arguments(plan, server));
    return command;
  }

  /** Follows the process, and starts the next one. */
  private void watch() {
    boolean served = false;
    try {
      while (true) {
        Process running = process;
        try (BufferedReader lines = running.inputReader(StandardCharsets.UTF_8)) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            served |= take(line);
          }
        }
        running.waitFor();
        waiting = Optional.of("its process has ended and is started again");
        groups = -1;
        peersUp = 0;
        if (stopping || !served) {
          failed = !stopping;
          return;
        }
        TimeUnit.MILLISECONDS.sleep(RESTART_MS);
        synchronized (this) {
          if (stopping) {
            return;
          }
          process = launch();
        }
      }
    } catch (IOException e) {
      waiting = Optional.of("its process cannot be started: " + e.getMessage());
      failed = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the line says that it listens. */
  private boolean take(String line) {
    String[] words = line.split(" ", 4);
    switch (words[0]) {
      case "listening" -> {
        plan =
            plan.withPorts(
                Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        return true;
      }
      case "waiting" -> waiting = Optional.of(line.substring("waiting ".length()));
      case "ready" -> waiting = Optional.empty();
      case "groups" -> groups = Integer.parseInt(words[1]);
      case "up" -> peersUp = Integer.parseInt(words[1]);
      default -> throw new IllegalStateException("a broker's process says: " + line);
    }
    return false;
  }

  @Override
  public int id() {
    return plan.id();
  }

  @Override
  public int grpcPort() {
    return plan.grpcPort();
  }

  @Override
  public int httpPort() {
    return plan.httpPort();
  }

  @Override
  public int kafkaPort() {
    return plan.kafka().port();
  }

  @Override
  public Optional<String> notReady() {
    return waiting;
  }

  @Override
  public int peersUp() {
    return peersUp;
  }

  @Override
  public int groups() {
    return groups;
  }

  @Override
  public Optional<String> failure() {
    return failed ? Optional.of("broker " + plan.id() + " did not start") : Optional.empty();
  }

  @Override
  public void leave() {
    end().destroy();
    await(process);
  }

  /** It is not started again. */
  private synchronized Process end() {
    stopping = true;
    return process;
  }

  @Override
  public void close() {
    Process running = end();
    try (OutputStream input = running.getOutputStream()) {
      input.flush();
    } catch (IOException e) {
      // It has ended already.
      running.destroy();
    }
    await(running);
  }

  private static void await(Process running) {
    try {
      if (!running.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

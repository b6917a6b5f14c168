package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.HOME;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills the operator that leads, again and again: no story may notice. */
final class OperatorKiller implements AutoCloseable {
  private static final int LEAST_PAUSE_MS = 5_000;
  private static final int MOST_PAUSE_MS = 25_000;
  private static final String LEADER = ".spec.holderIdentity";

  private final Kubernetes k8s;
  private final AtomicInteger kills = new AtomicInteger();
  private final Thread thread = new Thread(this::run, "operator-killer");

  OperatorKiller(Kubernetes k8s) {
    this.k8s = k8s;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(
            ThreadLocalRandom.current().nextInt(LEAST_PAUSE_MS, MOST_PAUSE_MS));
        kill();
      }
    } catch (InterruptedException | AssertionError e) {
      // Told to stop, perhaps while kubectl ran.
      Thread.currentThread().interrupt();
    }
  }

  /** There may be no operator now, or no API server. */
  private void kill() {
    String pod = k8s.field(HOME, "lease/leat-operator", LEADER);
    if (!pod.isEmpty()
        && k8s.kubectl(
                "-n", HOME, "delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")
            .isOk()) {
      kills.incrementAndGet();
    }
  }

  /** Ends, and returns how often the operator was killed. */
  int stop() {
    close();
    return kills.get();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

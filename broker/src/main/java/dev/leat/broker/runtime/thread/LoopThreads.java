package dev.leat.broker.runtime.thread;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the broker's threads: daemons whose names say what they do. */
public final class LoopThreads {
  private LoopThreads() {}

  /** Threads {@code name-0}, {@code name-1}, … */
  public static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** As many threads as there are tasks at a time; those that nobody needs end after a minute. */
  public static ExecutorService pool(String name) {
    return Executors.newCachedThreadPool(named(name));
  }
}

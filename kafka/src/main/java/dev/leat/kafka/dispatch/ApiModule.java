package dev.leat.kafka.dispatch;

/** A few API keys that belong together, and what stands behind them. */
public interface ApiModule extends AutoCloseable {
  /** Adds its handlers. Called once, before the first request. */
  void register(ApiRegistry registry);

  /** Ends what it does in the background. */
  @Override
  default void close() {}
}

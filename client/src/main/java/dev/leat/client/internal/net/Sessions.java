package dev.leat.client.internal.net;

import dev.leat.api.rpc.PooledBufferSource;
import dev.leat.api.rpc.RecordMethods;
import dev.leat.client.ClientConfig;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Begins and ends sessions. */
public final class Sessions {

  private Sessions() {}

  /** Begins one, as soon as a broker has told the state of the cluster. */
  public static Session connect(ClientConfig config) {
    ClientLoop loop = new ClientLoop();
    Channels channels = new Channels(loop);
    Cluster cluster = new Cluster();
    MetadataWatch watch = new MetadataWatch(loop, channels, cluster, config);
    Session session =
        new Session(
            config,
            loop,
            channels,
            cluster,
            watch,
            RecordMethods.client(PooledBufferSource.heap(0)));
    boolean connected = false;
    try {
      watch.start().get(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
      connected = true;
      return session;
    } catch (TimeoutException | ExecutionException e) {
      throw LeatException.of(
          LeatErrorCode.UNAVAILABLE,
          "none of %s answers within %d ms: %s"
              .formatted(
                  String.join(", ", config.bootstrap()),
                  config.connectTimeout().toMillis(),
                  watch.lastFailure()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while connecting", e);
    } finally {
      if (!connected) {
        close(session);
      }
    }
  }

  /** Ends one. */
  public static void close(Session session) {
    session
        .loop()
        .execute(
            () -> {
              session.watch().close();
              session.channels().close();
              session.loop().close();
            });
  }
}

package dev.leat.client.internal.admin;

import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.net.Waiting;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the leader of a partition, and whoever leads it next, until one answers or time is up. */
final class LeaderCall {
  private final Session session;
  private final Backoff backoff;
  private final long deadline;

  LeaderCall(Session session) {
    this.session = session;
    backoff = new Backoff(session.config());
    deadline = System.nanoTime() + session.config().requestTimeout().toNanos();
  }

  <Q, A> A ask(TopicPartition partition, MethodDescriptor<Q, A> method, Q request) {
    while (true) {
      LeatException failure;
      String address = address(partition);
      if (address == null) {
        failure =
            LeatException.of(LeatErrorCode.LEADER_NOT_AVAILABLE, partition + " has no leader");
      } else {
        try {
          return ClientCalls.blockingUnaryCall(
              session.channels().to(address),
              method,
              CallOptions.DEFAULT.withDeadlineAfter(leftNanos(), TimeUnit.NANOSECONDS),
              request);
        } catch (StatusRuntimeException e) {
          failure = Failures.of(e, address);
        }
      }
      if (!failure.isRetriable()) {
        throw failure;
      }
      pause(failure);
    }
  }

  private @Nullable String address(TopicPartition partition) {
    TopicInfo topic =
        Waiting.on(
            session.watch().topic(partition.topic()),
            Duration.ofNanos(leftNanos()),
            "news of topic '" + partition.topic() + "'",
            session);
    int leader = topic.route(partition.partition()).leader();
    return session.cluster().address(leader).orElse(null);
  }

  private long leftNanos() {
    return Math.max(1, deadline - System.nanoTime());
  }

  private void pause(LeatException failure) {
    long ms = backoff.nextMs();
    if (TimeUnit.NANOSECONDS.toMillis(leftNanos()) <= ms) {
      throw failure;
    }
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(
          LeatErrorCode.INTERRUPTED, "interrupted while waiting for a broker", e);
    }
  }
}

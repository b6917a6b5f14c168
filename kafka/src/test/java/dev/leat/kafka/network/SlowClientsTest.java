package dev.leat.kafka.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.thread.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowClientsTest {
  private static final long LIMIT = 100;

  private final AtomicLong nowMs = new AtomicLong();
  private final AtomicLong reported = new AtomicLong();
  private final List<String> gone = new ArrayList<>();
  private final SlowClients clients =
      new SlowClients(
          LIMIT,
          new Clock() {
            @Override
            public long monotonicNanos() {
              return TimeUnit.MILLISECONDS.toNanos(nowMs.get());
            }

            @Override
            public long wallMs() {
              return nowMs.get();
            }
          },
          reported::addAndGet);

  private SlowClients.Client client(String name) {
    return () -> gone.add(name);
  }

  private void pass(long ms) {
    nowMs.addAndGet(ms);
  }

  @Test
  void shouldLetTheOneGoThatStopped() {
    SlowClients.Client stuck = client("stuck");
    SlowClients.Client good = client("good");
    clients.hold(stuck, 60);
    clients.hold(good, 30);
    pass(SlowClients.PATIENCE_MS);

    clients.hold(good, 30);

    assertThat(gone).containsExactly("stuck");
    assertThat(clients.totalBytes()).isEqualTo(60);
    assertThat(reported).hasValue(60);
  }

  @Test
  void shouldLetNobodyGoWhileAllMakeProgress() {
    SlowClients.Client one = client("one");
    SlowClients.Client other = client("other");
    for (int i = 0; i < 10; i++) {
      clients.hold(one, 80);
      clients.hold(other, 80);
      pass(SlowClients.PATIENCE_MS / 2);
      clients.progress(one, 80);
      clients.progress(other, 80);
    }

    assertThat(gone).isEmpty();
    assertThat(clients.totalBytes()).isZero();
  }

  @Test
  void shouldBoundWhatEvenQuickOnesHold() {
    for (int i = 0; i < 50; i++) {
      clients.hold(client("quick-" + i), 20);
    }

    assertThat(clients.totalBytes()).isLessThanOrEqualTo(SlowClients.MAX_OVERDRAFT * LIMIT);
    assertThat(gone).first().isEqualTo("quick-0");
    assertThat(reported).hasValue(clients.totalBytes());
  }

  @Test
  void shouldKeepThoseThatWaitForTheBroker() {
    SlowClients.Client waiting = client("waiting");
    clients.hold(waiting, 90);
    clients.excuse(waiting, true);
    pass(2 * SlowClients.PATIENCE_MS);
    clients.hold(client("other"), 90);
    pass(SlowClients.PATIENCE_MS);

    clients.hold(client("third"), 90);

    assertThat(gone).containsExactly("other");
    clients.excuse(waiting, false);
    pass(SlowClients.PATIENCE_MS);
    clients.hold(client("fourth"), 90);
    assertThat(gone).contains("waiting");
  }

  @Test
  void shouldForgetWhoIsGone() {
    SlowClients.Client one = client("one");
    clients.hold(one, 70);
    clients.leave(one);
    clients.progress(one, 70);
    pass(SlowClients.PATIENCE_MS);

    clients.hold(client("other"), 90);

    assertThat(gone).isEmpty();
    assertThat(clients.totalBytes()).isEqualTo(90);
  }

  @Test
  void shouldLetTheLongestSilentGoOnRequest() {
    clients.letOneGo();
    clients.hold(client("one"), 1);
    clients.hold(client("other"), 1);

    clients.letOneGo();

    assertThat(gone).containsExactly("one");
    assertThat(reported).hasValue(1);
  }
}

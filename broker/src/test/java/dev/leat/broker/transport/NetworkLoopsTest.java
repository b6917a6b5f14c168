package dev.leat.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NetworkLoopsTest {
  /** Its library comes by the classifier of a dependency: without it, nothing fails but speed. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldUseEpollOnLinux() {
    assertThat(Epoll.unavailabilityCause()).isNull();
    try (NetworkLoops loops = new NetworkLoops(1)) {
      assertThat(loops.serverChannel()).isEqualTo(EpollServerSocketChannel.class);
    }
  }
}

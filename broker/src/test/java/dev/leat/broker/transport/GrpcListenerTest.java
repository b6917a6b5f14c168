package dev.leat.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.BrokerMetrics;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GrpcListenerTest {
  private static final int DEADLINE_S = 20;

  @Test
  void shouldNotSayThatItServesBeforeItDoes() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress("127.0.0.1", 0);
    try (NetworkLoops loops = new NetworkLoops(1);
        GrpcListener listener =
            new GrpcListener(anyPort, loops, List.of(), List.of(), List.of(), limits())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", listener.port()).usePlaintext().build();

      ServingStatus before = health(channel);
      listener.serving();
      ServingStatus after = health(channel);

      assertThat(before).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(after).isEqualTo(ServingStatus.SERVING);
      channel.shutdownNow();
    }
  }

  private static GrpcListener.Limits limits() {
    return new GrpcListener.Limits(new ConnectionGate(10, 10, BrokerMetrics.NONE), 600_000);
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}

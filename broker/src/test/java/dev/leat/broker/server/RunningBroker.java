package dev.leat.broker.server;

import dev.leat.broker.state.LocalStateStore;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.TopicServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A broker in this process, with a channel to it. */
final class RunningBroker implements AutoCloseable {
  private static final UUID CLUSTER = new UUID(1, 2);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Broker broker;
  private final ManagedChannel channel;

  RunningBroker(Path directory) throws IOException, BrokerStartException {
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    broker =
        Broker.start(
            BrokerConfig.embedded(0, directory.resolve("broker-0"), "127.0.0.1", 0, 0),
            CLUSTER,
            store);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", broker.grpcPort()).usePlaintext().build();
  }

  Broker broker() {
    return broker;
  }

  RecordServiceGrpc.RecordServiceStub records() {
    return RecordServiceGrpc.newStub(channel);
  }

  RecordServiceGrpc.RecordServiceBlockingStub recordsBlocking() {
    return RecordServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  TopicServiceGrpc.TopicServiceBlockingStub topics() {
    return TopicServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
    return ClusterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    broker.close();
    store.close();
    executor.shutdown();
  }
}

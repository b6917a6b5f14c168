package dev.leat.broker.transport.peer;

import dev.leat.api.rpc.PooledBufferSource;
import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.log.Entry;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.runtime.PeerEvents;
import dev.leat.broker.runtime.PeerGate;
import dev.leat.broker.runtime.PeerLinks;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.LoopThreads;
import dev.leat.broker.transport.GrpcListener;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Links between brokers over gRPC: each broker dials every other one. */
public final class GrpcPeerLinks implements PeerLinks {
  private static final long UNUSED_BUFFER_BYTES = 16L << 20;
  private static final int CONNECT_TIMEOUT_MS = 1_000;
  private static final int STOP_TIMEOUT_S = 3;

  private final EventLoopGroup loops;

  /** A name service that does not answer holds a thread for seconds: one for each link at most. */
  private final ExecutorService names = LoopThreads.pool("name");

  private final boolean epoll = Epoll.isAvailable();
  private final PooledBufferSource memory = PooledBufferSource.direct(UNUSED_BUFFER_BYTES);
  private final Sessions sessions = new Sessions();
  private final PeerService service;
  private final PeerLink.Context context;
  private final Map<Integer, PeerLink> links = new ConcurrentHashMap<>();

  /**
   * No links yet.
   *
   * @param budget bounds the bytes of records that came and are not on disk yet
   * @param blocking runs what may wait for the disk
   */
  public GrpcPeerLinks(PeerEvents events, PeerGate gate, ByteBudget budget, Executor blocking) {
    loops =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("peer", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    service = new PeerService(events, gate, sessions, budget, blocking, this::nudge);
    context =
        new PeerLink.Context(
            events,
            gate,
            sessions,
            (EventLoop) loops.next(),
            blocking,
            PeerMethods.client(memory),
            this::open);
  }

  /** What the listener of this broker serves to those who dial it. */
  public ServerServiceDefinition definition() {
    return service.definition(memory);
  }

  private ManagedChannel open(String address) {
    return NettyChannelBuilder.forTarget("dns:///" + address)
        .usePlaintext()
        .eventLoopGroup(loops)
        .channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
        .directExecutor()
        .offloadExecutor(names)
        .maxInboundMessageSize(GrpcListener.MAX_MESSAGE_BYTES)
        .disableRetry()
        .build();
  }

  @Override
  public void reach(int broker, String address) {
    links.compute(
        broker,
        (number, known) -> {
          if (known != null) {
            known.move(address);
            return known;
          }
          PeerLink link = new PeerLink(broker, address, context);
          link.start();
          return link;
        });
  }

  @Override
  public void forget(int broker) {
    PeerLink link = links.remove(broker);
    if (link != null) {
      link.close();
    }
  }

  @Override
  public void nudge(int broker) {
    PeerLink link = links.get(broker);
    if (link != null) {
      link.nudge();
    }
  }

  @Override
  public boolean isOpen(int broker) {
    PeerLink link = links.get(broker);
    return link != null && link.isOpen();
  }

  @Override
  public int sendData(int broker, PeerEnvelope envelope) {
    PeerLink link = links.get(broker);
    boolean sent = link != null && link.sendRecords(Frames.replicas(envelope));
    return sent ? bulkBytes(envelope.message()) : 0;
  }

  private static int bulkBytes(PeerMessage message) {
    int bytes = 0;
    switch (message) {
      case PeerMessage.Copy copy -> {
        for (Entry entry : copy.entries()) {
          bytes += entry.sizeBytes();
        }
      }
      case PeerMessage.SnapshotPart part -> {
        for (ByteBuffer batch : part.batches()) {
          bytes += batch.remaining();
        }
      }
      case PeerMessage.SnapshotEnd end -> bytes = end.base().remaining();
      case PeerMessage other -> {}
    }
    return bytes;
  }

  @Override
  public void send(int broker, PeerEnvelope envelope) {
    sendOrder(broker, Frames.replicas(envelope));
  }

  @Override
  public void tell(int broker, Hello hello) {
    sendOrder(broker, Frames.member(hello));
  }

  @Override
  public void tell(int broker, CoordinationMessage message) {
    sendOrder(broker, Frames.coordination(message));
  }

  private void sendOrder(int broker, FrameWriter frame) {
    PeerLink link = links.get(broker);
    if (link != null) {
      link.sendOrder(frame);
    }
  }

  @Override
  public void reject(int broker, long nonce, String reason) {
    sessions.reject(broker, nonce, reason);
  }

  @Override
  public void close() {
    links.values().forEach(PeerLink::close);
    links.clear();
    loops
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_TIMEOUT_S, TimeUnit.SECONDS);
    names.shutdownNow();
  }
}

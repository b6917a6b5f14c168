package dev.leat.broker.server;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.view.MetadataFeed;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;

/**
 * A listener that is not part of the broker itself, and is found at its start by {@link
 * java.util.ServiceLoader}: that of Kafka's protocol.
 */
public interface ListenerPlugin extends AutoCloseable {
  /**
   * Binds and starts.
   *
   * @throws IOException if the address cannot be bound
   */
  Listener start(Settings settings) throws IOException;

  /**
   * What coordinates groups, for the clients of all listeners. Called when a group is needed first;
   * may take a while.
   */
  GroupCoordination groups(BrokerApi broker, int brokerId);

  /**
   * What coordinates transactions, for the clients of all listeners. Called when a transaction is
   * needed first; may take a while.
   */
  TransactionCoordination transactions(BrokerApi broker, int brokerId);

  /**
   * What hands out the records of queues, for the clients of all listeners. Called when a queue is
   * needed first; may take a while.
   */
  QueueCoordination queues(BrokerApi broker, int brokerId);

  /** What coordinates groups, if there has been need of it. */
  Optional<GroupCoordination> runningGroups();

  /** Stops the coordinators. */
  @Override
  void close();

  /**
   * Asks a running listener what clients ask first, so that the JVM can record what that needs.
   *
   * @param topic a topic that exists
   */
  void train(InetSocketAddress listener, String topic) throws IOException;

  /** The listener on the class path, if there is one. */
  static Optional<ListenerPlugin> find() {
    return ServiceLoader.load(ListenerPlugin.class).findFirst();
  }

  /**
   * What it works with.
   *
   * @param broker the broker behind it
   * @param seen the cluster as this listener's clients are to see it
   * @param ready completes when clients can use the broker; until then they wait
   * @param brokerId number of the broker
   * @param address where to listen
   * @param kafka what it is told
   * @param memory bounds of what requests may hold
   * @param limits of its connections
   * @param loops event loops of the broker
   * @param serverChannel kind of server sockets that runs on them
   * @param gate first handler of the server socket: counts connections, and refuses what is too
   *     many
   */
  record Settings(
      BrokerApi broker,
      MetadataFeed seen,
      CompletionStage<Void> ready,
      int brokerId,
      InetSocketAddress address,
      KafkaConfig kafka,
      BrokerConfig.MemoryLimits memory,
      ListenerLimits limits,
      EventLoopGroup loops,
      Class<? extends ServerChannel> serverChannel,
      ChannelHandler gate) {}

  /** A running listener. */
  interface Listener extends AutoCloseable {
    /** The bound port. */
    int port();

    /** Stops taking requests, answers those that are under way, closes all connections. */
    @Override
    void close();
  }
}

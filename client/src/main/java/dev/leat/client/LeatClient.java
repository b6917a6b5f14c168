package dev.leat.client;

import dev.leat.client.admin.Admin;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.admin.AdminCore;
import dev.leat.client.internal.consume.ConsumerCore;
import dev.leat.client.internal.group.GroupCore;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.Sessions;
import dev.leat.client.internal.produce.ProducerCore;
import dev.leat.client.internal.queue.QueueCore;
import dev.leat.client.internal.transaction.TransactionCore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A client of one cluster: the connections that producers, consumers and the admin share, and one
 * network thread. Safe for use by several threads; a program needs one.
 */
public final class LeatClient implements AutoCloseable {

  private final Session session;
  private final Map<Object, Runnable> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private LeatClient(Session session) {
    this.session = session;
  }

  /**
   * Connects with the default settings.
   *
   * @param bootstrap brokers to ask first, {@code host:port}, separated by commas
   * @throws LeatException if none of them answers in time
   */
  public static LeatClient connect(String bootstrap) {
    return connect(ClientConfig.of(bootstrap));
  }

  /**
   * Connects.
   *
   * @throws LeatException if none of the brokers answers in time
   */
  public static LeatClient connect(ClientConfig config) {
    return new LeatClient(Sessions.connect(config));
  }

  /** A producer with the default settings. */
  public Producer producer() {
    return producer(ProducerConfig.DEFAULT);
  }

  /** A producer. */
  public Producer producer(ProducerConfig config) {
    checkOpen();
    Object key = new Object();
    ProducerCore producer = new ProducerCore(session, config, () -> open.remove(key));
    open.put(key, producer::close);
    return producer;
  }

  /** A producer of transactions with the default settings; see the other one. */
  public TransactionalProducer transactionalProducer(String transactionalId) {
    return transactionalProducer(TransactionConfig.of(transactionalId));
  }

  /**
   * A producer of transactions. Fences the one that had its transactional id, and aborts what that
   * one has left open; returns when that is done.
   *
   * @throws LeatException if no coordinator has answered in time
   */
  public TransactionalProducer transactionalProducer(TransactionConfig config) {
    checkOpen();
    Object key = new Object();
    TransactionCore producer = new TransactionCore(session, config, () -> open.remove(key));
    open.put(key, producer::close);
    return producer;
  }

  /** A consumer with the default settings. */
  public Consumer consumer() {
    return consumer(ConsumerConfig.DEFAULT);
  }

  /** A consumer. */
  public Consumer consumer(ConsumerConfig config) {
    checkOpen();
    Object key = new Object();
    ConsumerCore consumer = new ConsumerCore(session, config, () -> open.remove(key));
    open.put(key, consumer::close);
    return consumer;
  }

  /** A member of a consumer group; it joins with its first poll. */
  public GroupConsumer groupConsumer(GroupConfig config) {
    checkOpen();
    Object key = new Object();
    GroupCore member = new GroupCore(session, config, () -> open.remove(key));
    open.put(key, member::close);
    return member;
  }

  /** A member of a queue; it joins with its first poll. */
  public QueueConsumer queueConsumer(QueueConfig config) {
    checkOpen();
    Object key = new Object();
    QueueCore member = new QueueCore(session, config, () -> open.remove(key));
    open.put(key, member::close);
    return member;
  }

  /** Topics, brokers and groups. */
  public Admin admin() {
    checkOpen();
    return new AdminCore(session);
  }

  private void checkOpen() {
    if (closed) {
      throw LeatException.of(LeatErrorCode.CLOSED, "the client is closed");
    }
  }

  /** Closes all producers and consumers, and the connections. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      for (Runnable part : List.copyOf(open.values())) {
        part.run();
      }
    } finally {
      Sessions.close(session);
    }
  }
}

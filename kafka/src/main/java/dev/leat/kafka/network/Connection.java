package dev.leat.kafka.network;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.kafka.dispatch.Dispatcher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client. Requests are taken one after the other, as Kafka does, but for
 * produce requests: of these several are under way at a time, in order. Nothing is read while one
 * waits, while the client does not take its responses, or while all clients together hold too many
 * bytes: so a fast or hostile client meets TCP's flow control and costs a bounded amount of memory.
 * All methods run on the event loop, unless they say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /**
   * Who has begun a request may go on with it although the budget is used up: else all could wait
   * for each other. This many times the budget is where that ends.
   */
  private static final int MAX_OVERDRAFT = 3;

  private final Channel channel;
  private final ByteBudget budget;
  private final Clock clock;
  private final ConnectionLimits limits;
  private final FrameReader frames;
  private final ClientIdentity client;
  private final Deque<PendingExchange> inFlight = new ArrayDeque<>();
  private final Deque<ByteBuf> received = new ArrayDeque<>();
  private @Nullable Dispatcher dispatcher;
  private @Nullable ByteBuf waiting;
  private boolean draining;
  private boolean paused;
  private boolean reading;
  private long lastActiveNanos;

  /** Bytes of an incomplete request that are counted. */
  private int partialBytes;

  /** When the request that is arriving began. */
  private long frameSinceNanos;

  private @Nullable Future<?> watchdog;

  Connection(Channel channel, BrokerApi broker, ConnectionLimits limits) {
    this.channel = channel;
    this.budget = broker.produceBudget();
    this.clock = broker.clock();
    this.lastActiveNanos = clock.monotonicNanos();
    this.limits = limits;
    this.frames = new FrameReader(channel.alloc(), limits.maxFrameBytes());
    this.client = new ClientIdentity(channel);
  }

  /** Begins to take requests. */
  void start(Dispatcher to) {
    if (!channel.isActive()) {
      return;
    }
    dispatcher = to;
    long period = limits.frameMs() / 2;
    watchdog =
        channel
            .eventLoop()
            .scheduleAtFixedRate(this::closeIfStuck, period, period, TimeUnit.MILLISECONDS);
    takeMore();
  }

  /** Who the client says it is. */
  ClientIdentity client() {
    return client;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = false;
    lastActiveNanos = clock.monotonicNanos();
    received.add((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    takeMore();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      takeMore();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (watchdog != null) {
      watchdog.cancel(false);
    }
    frames.close();
    countPartial();
    received.forEach(ByteBuf::release);
    received.clear();
    if (waiting != null) {
      waiting.release();
      waiting = null;
    }
    inFlight.forEach(PendingExchange::abandon);
    inFlight.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("connection of {} closed: {}", channel.remoteAddress(), cause.toString());
    ctx.close();
  }

  /** Takes requests as long as it may, then reads more if it may. */
  private void takeMore() {
    if (draining || paused || dispatcher == null || !channel.isActive()) {
      return;
    }
    draining = true;
    try {
      while (mayTake() && nextFrame()) {
        if (!begin()) {
          break;
        }
      }
    } catch (FrameReader.BadLengthException e) {
      close(String.valueOf(e.getMessage()));
    } finally {
      draining = false;
    }
    if (waiting == null && received.isEmpty() && mayTake() && !reading && channel.isActive()) {
      reading = true;
      channel.read();
    }
  }

  private boolean mayTake() {
    return !paused && channel.isWritable() && inFlight.size() < limits.maxPipelined();
  }

  /** Whether there is a complete request in {@link #waiting}. */
  private boolean nextFrame() throws FrameReader.BadLengthException {
    while (waiting == null && !received.isEmpty()) {
      ByteBuf input = received.peek();
      if (!frames.isInside()) {
        frameSinceNanos = clock.monotonicNanos();
      }
      waiting = frames.next(input);
      if (!input.isReadable()) {
        received.remove().release();
      }
    }
    countPartial();
    return waiting != null;
  }

  /** What has arrived of a request counts, too. */
  private void countPartial() {
    int held = frames.heldBytes();
    if (held > partialBytes) {
      budget.take(held - partialBytes);
      if (budget.isOverdrawn(MAX_OVERDRAFT)) {
        close("all clients together hold too many incomplete requests");
      }
    } else if (held < partialBytes) {
      budget.giveBack(partialBytes - held);
    }
    partialBytes = held;
  }

  /** Begins the waiting request, unless it must wait on. */
  private boolean begin() {
    ByteBuf frame = waiting;
    if (frame == null || !mayOverlap(frame)) {
      return false;
    }
    waiting = null;
    PendingExchange exchange = new PendingExchange(this, frame, budget, !inFlight.isEmpty());
    inFlight.add(exchange);
    try {
      exchange.begin(Objects.requireNonNull(dispatcher));
    } catch (RuntimeException e) {
      // As Kafka does: who sends a request that cannot be read gets no answer that it could read.
      close("its request cannot be read: " + e);
      return false;
    }
    pauseWhileFull();
    return true;
  }

  private boolean mayOverlap(ByteBuf frame) {
    PendingExchange last = inFlight.peekLast();
    return last == null || (last.isProduce() && isProduce(frame));
  }

  private static boolean isProduce(ByteBuf frame) {
    return frame.readableBytes() >= Short.BYTES && frame.getShort(0) == ApiKeys.PRODUCE.id;
  }

  private void pauseWhileFull() {
    paused = true;
    budget.whenFree(this::resume);
  }

  /** There is room for more bytes. Any thread. */
  private void resume() {
    if (channel.eventLoop().inEventLoop() && draining) {
      paused = false;
    } else {
      channel
          .eventLoop()
          .execute(
              () -> {
                paused = false;
                takeMore();
              });
    }
  }

  /** An exchange has its answer. Any thread. */
  void answered(PendingExchange exchange) {
    if (channel.eventLoop().inEventLoop()) {
      sendAnswered(exchange);
    } else {
      channel.eventLoop().execute(() -> sendAnswered(exchange));
    }
  }

  private void sendAnswered(PendingExchange latest) {
    if (latest.isAbandoned()) {
      latest.finish();
      return;
    }
    boolean sent = false;
    for (PendingExchange head; (head = inFlight.peek()) != null && head.isAnswered(); ) {
      inFlight.remove();
      lastActiveNanos = clock.monotonicNanos();
      sent |= send(head);
    }
    if (sent) {
      channel.flush();
    }
    takeMore();
  }

  private boolean send(PendingExchange exchange) {
    List<ByteBuf> parts;
    try {
      parts = exchange.take();
    } catch (RuntimeException e) {
      exchange.finish();
      LOG.error("a response cannot be written: {}", exchange.context().header, e);
      channel.close();
      return false;
    }
    if (parts.isEmpty()) {
      exchange.finish();
      return false;
    }
    for (ByteBuf part : parts.subList(0, parts.size() - 1)) {
      channel.write(part, channel.voidPromise());
    }
    channel.write(parts.getLast()).addListener(done -> exchange.finish());
    return true;
  }

  private void closeIfStuck() {
    long silentMs = sinceMs(lastActiveNanos);
    if (frames.isInside() && !paused && sinceMs(frameSinceNanos) > limits.frameMs()) {
      close("a request did not arrive completely within " + limits.frameMs() + " ms");
    } else if (inFlight.isEmpty() && !paused && silentMs > limits.idleMs()) {
      close("idle");
    } else if (!channel.isWritable() && silentMs > limits.frameMs()) {
      close("the client does not take its responses");
    }
  }

  private long sinceMs(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - nanos);
  }

  /** Closes, saying why. */
  void close(String why) {
    LOG.info("connection of {} closed: {}", channel.remoteAddress(), why);
    channel.close();
  }

  Channel channel() {
    return channel;
  }
}

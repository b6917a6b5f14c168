package dev.leat.kafka.network;

import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.kafka.dispatch.Dispatcher;
import dev.leat.kafka.dispatch.Throttle;
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
 * waits, while the client does not take its responses, while this client holds its part of the
 * memory, or while all clients together hold too much: so a fast or hostile client meets TCP's flow
 * control and costs a bounded amount of memory. What a client holds by being slow hurts nobody but
 * the slow: see {@link SlowClients}. All methods run on the event loop, unless they say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter implements SlowClients.Client {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /**
   * Who has begun a request may go on with it although the budget is used up: else all could wait
   * for each other. This many times the budget is where that ends.
   */
  private static final int MAX_OVERDRAFT = 3;

  /** Looks at a connection between two of its limits of time. */
  private static final int LOOKS = 2;

  private final Channel channel;
  private final Allowance allowance;
  private final ByteBudget budget;
  private final ConnectionLimits limits;
  private final FrameReader frames;
  private final ClientIdentity client;
  private final Deque<PendingExchange> inFlight = new ArrayDeque<>();
  private final Deque<ByteBuf> received = new ArrayDeque<>();
  private @Nullable Dispatcher dispatcher;
  private @Nullable Throttle throttle;
  private @Nullable ByteBuf waiting;
  private boolean draining;
  private boolean paused;
  private boolean reading;
  private long lastActiveNanos;

  /** Bytes of requests in {@link #inFlight}. */
  private long inFlightBytes;

  /** Bytes of responses that the client must take before it may ask for more, at the last look. */
  private long untakenBytes;

  /** When it had taken something last, or all. */
  private long takenNanos;

  /** Bytes of responses that have not left, but for records that stay where they are stored. */
  private long unsentBytes;

  /** As many of these as are counted. */
  private long leavingBytes;

  /** Until then nothing is taken from the client (KIP-219). */
  private long mutedUntilNanos;

  private boolean muted;

  /** Bytes that have arrived and are not a request that is under way, as far as counted. */
  private int arrivedBytes;

  /** Whether it is not the client's fault that they are not taken up. */
  private boolean excused;

  /** When the request that is arriving began. */
  private long frameSinceNanos;

  private @Nullable Future<?> watchdog;

  Connection(Channel channel, Allowance allowance) {
    this.channel = channel;
    this.allowance = allowance;
    this.budget = allowance.requests();
    this.limits = allowance.each();
    this.lastActiveNanos = nanos();
    this.takenNanos = lastActiveNanos;
    this.frames = new FrameReader(channel.alloc(), limits.maxFrameBytes());
    this.client = new ClientIdentity(channel);
  }

  /** Begins to take requests. */
  void start(Dispatcher to, Throttle by) {
    if (!channel.isActive()) {
      return;
    }
    dispatcher = to;
    throttle = by;
    long period = Math.min(limits.frameMs(), limits.idleMs()) / LOOKS;
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
    lastActiveNanos = nanos();
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
    arrivedBytes = 0;
    leavingBytes = 0;
    allowance.arriving().leave(this);
    allowance.leaving().leave(this);
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
    if (draining || paused || muted || dispatcher == null || !channel.isActive()) {
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
      close("malformed", String.valueOf(e.getMessage()));
    } finally {
      draining = false;
    }
    if (!channel.isActive()) {
      return;
    }
    countArrived();
    if (waiting == null && received.isEmpty() && mayTake() && !reading) {
      if (budget.isFull() && !frames.isInside()) {
        pauseWhileFull();
      } else {
        reading = true;
        channel.read();
      }
    }
  }

  private boolean mayTake() {
    return !paused
        && !muted
        && channel.isWritable()
        && inFlight.size() < limits.maxPipelined()
        && inFlightBytes < limits.maxInFlightBytes();
  }

  /** Whether there is a complete request in {@link #waiting}. */
  private boolean nextFrame() throws FrameReader.BadLengthException {
    while (waiting == null && !received.isEmpty()) {
      ByteBuf input = received.peek();
      if (!frames.isInside()) {
        frameSinceNanos = nanos();
      }
      waiting = frames.next(input);
      if (!input.isReadable()) {
        received.remove().release();
      }
    }
    return waiting != null;
  }

  /** Parts of a request count, too, and what waits behind one that is under way. */
  private void countArrived() {
    int held = frames.heldBytes() + (waiting == null ? 0 : waiting.capacity());
    for (ByteBuf unread : received) {
      held += unread.capacity();
    }
    if (held > arrivedBytes) {
      allowance.arriving().hold(this, held - arrivedBytes);
      if (budget.timesHeld(allowance.arriving().totalBytes()) >= MAX_OVERDRAFT) {
        allowance.arriving().letOneGo();
      }
    } else if (held < arrivedBytes) {
      allowance.arriving().progress(this, arrivedBytes - held);
    }
    arrivedBytes = held;
    boolean waitsForBroker =
        paused || muted || (!inFlight.isEmpty() && inFlight.getLast().isProduce());
    if (held > 0 && waitsForBroker != excused) {
      allowance.arriving().excuse(this, waitsForBroker);
    }
    excused = held > 0 && waitsForBroker;
  }

  /** Begins the waiting request, unless it must wait on. */
  private boolean begin() {
    ByteBuf frame = waiting;
    if (frame == null || !mayOverlap(frame)) {
      return false;
    }
    waiting = null;
    boolean overlaps = !inFlight.isEmpty();
    PendingExchange exchange =
        new PendingExchange(this, frame, budget, allowance.clock(), overlaps);
    inFlight.add(exchange);
    inFlightBytes += exchange.costBytes();
    try {
      exchange.begin(Objects.requireNonNull(dispatcher));
    } catch (RuntimeException e) {
      // As Kafka does: who sends a request that cannot be read gets no answer that it could read.
      close("malformed", "its request cannot be read: " + e);
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
                goOn();
              });
    }
  }

  /** The client has not been late as long as nothing was taken from it. */
  private void goOn() {
    frameSinceNanos = nanos();
    lastActiveNanos = frameSinceNanos;
    takeMore();
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
      inFlightBytes -= head.costBytes();
      lastActiveNanos = nanos();
      sent |= send(head);
    }
    if (sent) {
      channel.flush();
      countLeaving();
    }
    takeMore();
  }

  private boolean send(PendingExchange exchange) {
    ResponseWriter.Response response;
    try {
      mute(exchange.count(Objects.requireNonNull(throttle)));
      response = exchange.take();
    } catch (RuntimeException e) {
      exchange.finish();
      LOG.error("a response cannot be written: {}", exchange.context().header, e);
      channel.close();
      return false;
    }
    List<ByteBuf> parts = response.parts();
    if (parts.isEmpty()) {
      exchange.finish();
      return false;
    }
    unsentBytes += response.ownBytes();
    for (ByteBuf part : parts.subList(0, parts.size() - 1)) {
      channel.write(part, channel.voidPromise());
    }
    channel
        .write(parts.getLast())
        .addListener(
            done -> {
              unsentBytes -= response.ownBytes();
              if (leavingBytes > 0) {
                countLeaving();
              }
              exchange.finish();
            });
    return true;
  }

  /** What the client has not taken at once counts until it has. */
  private void countLeaving() {
    if (unsentBytes > leavingBytes) {
      allowance.leaving().hold(this, unsentBytes - leavingBytes);
    } else if (unsentBytes < leavingBytes) {
      allowance.leaving().progress(this, leavingBytes - unsentBytes);
    }
    leavingBytes = unsentBytes;
  }

  private void mute(int throttleMs) {
    if (throttleMs > 0) {
      long until = nanos() + TimeUnit.MILLISECONDS.toNanos(throttleMs);
      if (!muted || until > mutedUntilNanos) {
        mutedUntilNanos = until;
        channel.eventLoop().schedule(this::unmute, throttleMs, TimeUnit.MILLISECONDS);
      }
      muted = true;
    }
  }

  private void unmute() {
    // It may have been told to be silent for longer since.
    if (nanos() >= mutedUntilNanos) {
      muted = false;
      goOn();
    }
  }

  private void closeIfStuck() {
    long untaken = channel.bytesBeforeWritable();
    if (untaken == 0 || untaken < untakenBytes) {
      takenNanos = nanos();
    }
    untakenBytes = untaken;
    if (frames.isInside() && !paused && !muted && sinceMs(frameSinceNanos) > limits.frameMs()) {
      close("slow", "a request did not arrive completely within " + limits.frameMs() + " ms");
    } else if (inFlight.isEmpty()
        && !paused
        && !muted
        && sinceMs(lastActiveNanos) > limits.idleMs()) {
      close("idle", "not used for " + limits.idleMs() + " ms");
    } else if (sinceMs(takenNanos) > limits.frameMs()) {
      close("slow", "none of its responses was taken for " + limits.frameMs() + " ms");
    }
  }

  private long nanos() {
    return allowance.clock().monotonicNanos();
  }

  private long sinceMs(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos() - nanos);
  }

  @Override
  public void letGo() {
    close("slow", "all slow clients together hold too much");
  }

  /**
   * Closes. Any thread.
   *
   * @param reason a word of few, for the metrics
   * @param why for the log
   */
  void close(String reason, String why) {
    LOG.info("connection of {} closed: {}", channel.remoteAddress(), why);
    allowance.metrics().connectionClosed(reason);
    channel.close();
  }

  Channel channel() {
    return channel;
  }
}

package dev.leat.kafka.network;

import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.kafka.dispatch.Dispatcher;
import dev.leat.kafka.dispatch.Exchange;
import dev.leat.kafka.dispatch.Throttle;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * A request of a connection, its place in the order of responses, and its bytes. The bytes are
 * counted from the moment they are complete until nobody needs them.
 */
final class PendingExchange implements Exchange {
  /** What a request costs besides its bytes. */
  private static final int OVERHEAD_BYTES = 2_048;

  private final Connection connection;
  private final ByteBuf frame;
  private final ByteBudget budget;
  private final boolean overlaps;
  private final int costBytes;
  private final AtomicInteger holders = new AtomicInteger(1);
  private final Clock clock;
  private long beganNanos;
  private long usedNanos;
  private @Nullable RequestContext context;
  private @Nullable AbstractRequest request;
  private @Nullable AbstractResponse response;
  private Runnable sent = () -> {};
  private volatile boolean answered;
  private @Nullable Runnable onDisconnect;
  private boolean abandoned;

  PendingExchange(
      Connection connection, ByteBuf frame, ByteBudget budget, Clock clock, boolean overlaps) {
    this.connection = connection;
    this.frame = frame;
    this.budget = budget;
    this.clock = clock;
    this.overlaps = overlaps;
    this.costBytes = frame.capacity() + OVERHEAD_BYTES;
    budget.take(costBytes);
  }

  /** Reads the request and hands it on. Exceptions mean that the connection must be closed. */
  void begin(Dispatcher dispatcher) {
    beganNanos = clock.monotonicNanos();
    ByteBuffer bytes = frame.nioBuffer();
    RequestHeader header = dispatcher.readHeader(bytes);
    context = connection.client().context(header);
    request = dispatcher.readRequest(context, bytes);
    if (request instanceof ApiVersionsRequest versions) {
      connection.client().introduce(versions);
    }
    dispatcher.dispatch(this);
    usedNanos = clock.monotonicNanos() - beganNanos;
  }

  /**
   * Counts what it took of its client's quotas; returns for how many milliseconds the client is to
   * be silent, which the response says. On the event loop, before {@link #take}.
   */
  int count(Throttle throttle) {
    if (!throttle.isActive()) {
      return 0;
    }
    AbstractResponse answer = response;
    // If it was answered at once, it has not ended yet.
    long nanos = usedNanos > 0 ? usedNanos : clock.monotonicNanos() - beganNanos;
    int throttleMs =
        throttle.record(
            context(),
            new Throttle.Use(isProduce() ? frame.readableBytes() : 0, recordBytes(answer), nanos));
    if (throttleMs > 0 && answer != null) {
      answer.maybeSetThrottleTimeMs(throttleMs);
    }
    return throttleMs;
  }

  private static long recordBytes(@Nullable AbstractResponse answer) {
    long bytes = 0;
    if (answer instanceof FetchResponse fetched) {
      for (FetchableTopicResponse topic : fetched.data().responses()) {
        for (PartitionData partition : topic.partitions()) {
          bytes += FetchResponse.recordsSize(partition);
        }
      }
    }
    return bytes;
  }

  boolean isProduce() {
    return context().header.apiKey() == ApiKeys.PRODUCE;
  }

  @Override
  public RequestContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public AbstractRequest request() {
    return Objects.requireNonNull(request);
  }

  @Override
  public boolean overlaps() {
    return overlaps;
  }

  @Override
  public void respond(AbstractResponse answer, Runnable whenSent) {
    response = answer;
    sent = whenSent;
    answered = true;
    connection.answered(this);
  }

  @Override
  public void respondNothing() {
    answered = true;
    connection.answered(this);
  }

  @Override
  public void disconnect() {
    connection.close("unanswered", "a request could not be answered");
  }

  @Override
  public void execute(Runnable task) {
    connection.channel().eventLoop().execute(task);
  }

  @Override
  public Runnable schedule(Runnable task, long delayMs) {
    Future<?> timer =
        connection.channel().eventLoop().schedule(task, delayMs, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public void onDisconnect(Runnable action) {
    onDisconnect = action;
  }

  @Override
  public Runnable hold() {
    holders.incrementAndGet();
    return this::release;
  }

  boolean isAnswered() {
    return answered;
  }

  /** What the request holds of the memory for requests. */
  int costBytes() {
    return costBytes;
  }

  /** The bytes of the response; empty if there is none. On the event loop. */
  ResponseWriter.Response take() {
    release();
    AbstractResponse answer = response;
    return answer == null
        ? ResponseWriter.Response.NONE
        : ResponseWriter.write(connection.channel().alloc(), context(), answer);
  }

  /** The response has left, or never will. On the event loop. */
  void finish() {
    sent.run();
  }

  /** The connection is gone. What the handler answers later is dropped. On the event loop. */
  void abandon() {
    abandoned = true;
    release();
    if (answered) {
      finish();
    } else if (onDisconnect != null) {
      onDisconnect.run();
    }
  }

  /** Whether the connection was gone before the answer came. */
  boolean isAbandoned() {
    return abandoned;
  }

  private void release() {
    if (holders.decrementAndGet() == 0) {
      frame.release();
      budget.giveBack(costBytes);
    }
  }
}

package dev.leat.broker.transport.peer;

import dev.leat.api.rpc.ReleasableBuffer;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.runtime.PeerEvents;
import dev.leat.broker.runtime.PeerGate;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link from this broker to another one: dials, says hello, opens the lane of records, and
 * begins again when it breaks.
 *
 * <pre>
 *  WAITING --dial--> DIALLING --welcome--> UP --reset--> DIALLING (at once)
 *     ^------------------'   refused, unwelcome, no answer: later
 * </pre>
 *
 * <p>All of it on one event loop; only sending comes from other threads.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  private static final int FIRST_RETRY_MS = 20;
  private static final int LAST_RETRY_MS = 500;

  /**
   * Whether the process of a link that has ended is there still is asked at once. If it is not, it
   * does not come back sooner, and this broker has other things to do.
   */
  private static final int LOST_RETRY_MS = 250;

  /** A process that is stopped accepts connections and says nothing. */
  private static final int HELLO_TIMEOUT_MS = 2_000;

  /** Orders to a peer that does not read them: beyond it they are dropped. */
  private static final int MAX_ORDER_BYTES = 4 << 20;

  /** Records that wait in the network's buffers for a slow peer. */
  private static final int MAX_RECORD_BYTES = 1 << 20;

  /** Logged in one outage. */
  private static final int MAX_TROUBLES = 8;

  private final int broker;
  private final Context context;

  /** The one that was known first: a name, say, which outlives addresses. */
  private final String firstAddress;

  /** The one that was told last. */
  private String lastAddress;

  /** The one to be dialled next, one of the two. */
  private String address;

  private @Nullable Attempt attempt;
  private volatile @Nullable Attempt live;
  private int retryMs = FIRST_RETRY_MS;
  private boolean closed;

  /** Reasons that were logged since it was up last: each once, for a name may fail in two ways. */
  private final Set<String> troubles = new HashSet<>();

  /**
   * What links share.
   *
   * @param loop where all of them live
   * @param blocking runs what may wait for the disk
   * @param channels opens a connection to an address
   */
  record Context(
      PeerEvents events,
      PeerGate gate,
      Sessions sessions,
      EventLoop loop,
      Executor blocking,
      PeerMethods.Client methods,
      Function<String, ManagedChannel> channels) {}

  PeerLink(int broker, String address, Context context) {
    this.broker = broker;
    this.firstAddress = address;
    this.lastAddress = address;
    this.address = address;
    this.context = context;
  }

  /** Begins. */
  void start() {
    context.loop().execute(this::dial);
  }

  /** Tries again at once, if it waits. */
  void nudge() {
    context.loop().execute(this::dial);
  }

  /** The broker is said to be elsewhere. A link to its present process stays as it is. */
  void move(String newAddress) {
    context.loop().execute(() -> moveTo(newAddress));
  }

  private void moveTo(String newAddress) {
    if (newAddress.equals(lastAddress)) {
      return;
    }
    lastAddress = newAddress;
    address = newAddress;
    retryMs = FIRST_RETRY_MS;
    Attempt now = attempt;
    if (now != null && live != now) {
      attempt = null;
      now.shutdown();
    } else if (now != null && !now.leadsToNewest()) {
      now.fail(new IllegalStateException("it is at " + newAddress + " now"));
    }
    dial();
  }

  void close() {
    context
        .loop()
        .execute(
            () -> {
              closed = true;
              live = null;
              if (attempt != null) {
                attempt.shutdown();
              }
            });
  }

  private void dial() {
    if (!closed && attempt == null) {
      Attempt next = new Attempt();
      attempt = next;
      next.begin();
    }
  }

  boolean isOpen() {
    Attempt now = live;
    return now != null && now.isOpen();
  }

  void sendOrder(FrameWriter frame) {
    Attempt now = live;
    if (now != null) {
      now.sendOrder(frame);
    }
  }

  /** Whether there is a link. */
  boolean sendRecords(FrameWriter frame) {
    Attempt now = live;
    if (now != null) {
      now.sendRecords(frame);
    }
    return now != null;
  }

  private void failed(Attempt which, Throwable cause) {
    if (attempt != which) {
      return;
    }
    boolean wasUp = live == which;
    live = null;
    attempt = null;
    which.shutdown();
    if (closed) {
      return;
    }
    if (wasUp) {
      String reason = reasonOf(cause);
      LOG.info("the link to broker {} at {} has ended: {}", broker, which.target, reason);
      context.events().onReset(broker, reason);
      retryMs = LOST_RETRY_MS;
      dial();
      return;
    }
    explain(which, cause);
    // Who knows only where it was might dial that for ever; who knows only its name, wait for it.
    address = address.equals(lastAddress) ? firstAddress : lastAddress;
    context.loop().schedule(this::dial, retryMs, TimeUnit.MILLISECONDS);
    retryMs = Math.min(LAST_RETRY_MS, 2 * retryMs);
  }

  private void explain(Attempt which, Throwable cause) {
    Verdict.Refused unwelcome = Refusals.of(cause).orElse(null);
    String trouble = reasonOf(cause);
    if (troubles.size() < MAX_TROUBLES && troubles.add(trouble)) {
      LOG.info("broker {} at {} cannot be reached: {}", broker, which.target, trouble);
    }
    if (unwelcome != null) {
      context.events().onUnwelcome(broker, unwelcome);
    } else if (isRefused(cause)) {
      context.events().onRefused(broker);
    }
  }

  private static boolean isRefused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          && String.valueOf(cause.getMessage()).contains("refused")) {
        return true;
      }
    }
    return false;
  }

  private static String reasonOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String description = Status.fromThrowable(failure).getDescription();
    String detail = root == failure ? description : root.getMessage();
    return detail == null ? String.valueOf(root) : detail;
  }

  /** One try, and the link if it succeeds. */
  private final class Attempt {
    private final String target = address;
    private final ManagedChannel orderChannel = context.channels().apply(target);
    private @Nullable DiskIdentity process;
    private @Nullable ManagedChannel recordChannel;
    private @Nullable ClientCallStreamObserver<FrameWriter> orders;
    private @Nullable ClientCallStreamObserver<FrameWriter> records;
    private boolean greeted;
    private boolean ready;

    void begin() {
      CallOptions options = CallOptions.DEFAULT.withOnReadyThreshold(MAX_ORDER_BYTES);
      orders =
          (ClientCallStreamObserver<FrameWriter>)
              ClientCalls.asyncBidiStreamingCall(
                  orderChannel.newCall(context.methods().orders(), options), new Answers(() -> {}));
      orders.onNext(Frames.hello(context.gate().hello(), PeerService.PID));
      context
          .loop()
          .schedule(
              () -> {
                if (!ready) {
                  fail(new IllegalStateException("no answer within " + HELLO_TIMEOUT_MS + " ms"));
                }
              },
              HELLO_TIMEOUT_MS,
              TimeUnit.MILLISECONDS);
    }

    /** Whether no other process of the broker has dialled this one since. */
    boolean leadsToNewest() {
      DiskIdentity newest = context.sessions().connected(broker);
      DiskIdentity known = process;
      return known != null && (newest == null || newest.nonce() == known.nonce());
    }

    boolean isOpen() {
      ClientCallStreamObserver<FrameWriter> lane = records;
      return lane != null && lane.isReady();
    }

    void sendOrder(FrameWriter frame) {
      ClientCallStreamObserver<FrameWriter> lane = orders;
      if (lane != null) {
        synchronized (lane) {
          if (lane.isReady()) {
            lane.onNext(frame);
          }
        }
      }
    }

    void sendRecords(FrameWriter frame) {
      ClientCallStreamObserver<FrameWriter> lane = records;
      if (lane != null) {
        synchronized (lane) {
          lane.onNext(frame);
        }
      }
    }

    /** Whoever answers has to be who was dialled. */
    private void judge(Hello hello, long pid) {
      int answered = hello.disk().brokerId();
      Verdict verdict = context.gate().judge(hello, context.sessions().connected(answered));
      context
          .loop()
          .execute(
              () -> {
                if (verdict instanceof Verdict.Refused refused) {
                  LOG.warn("broker {} at {} is refused: {}", broker, target, refused.message());
                  fail(Status.FAILED_PRECONDITION.withDescription(refused.message()).asException());
                } else if (answered != broker) {
                  fail(new IllegalStateException("broker " + answered + " answers there"));
                } else {
                  open(hello, pid);
                }
              });
    }

    private void open(Hello hello, long pid) {
      if (attempt != this) {
        return;
      }
      process = hello.disk();
      ManagedChannel channel = context.channels().apply(target);
      recordChannel = channel;
      CallOptions options = CallOptions.DEFAULT.withOnReadyThreshold(MAX_RECORD_BYTES);
      ClientCallStreamObserver<FrameWriter> lane =
          (ClientCallStreamObserver<FrameWriter>)
              ClientCalls.asyncBidiStreamingCall(
                  channel.newCall(context.methods().records(), options),
                  new Answers(() -> context.events().onOpen(broker)));
      lane.onNext(Frames.attach(context.gate().hello().disk()));
      records = lane;
      ready = true;
      live = this;
      retryMs = FIRST_RETRY_MS;
      troubles.clear();
      LOG.info("linked to {} at {}", hello.disk(), target);
      context.events().onUp(broker, hello, pid);
    }

    private void fail(Throwable cause) {
      failed(this, cause);
    }

    void shutdown() {
      orderChannel.shutdownNow();
      if (recordChannel != null) {
        recordChannel.shutdownNow();
      }
    }

    /** What comes back on a lane: a hello on the first, else only its end. */
    private final class Answers implements ClientResponseObserver<FrameWriter, ReleasableBuffer> {
      private final Runnable onReady;

      Answers(Runnable onReady) {
        this.onReady = onReady;
      }

      @Override
      public void beforeStart(ClientCallStreamObserver<FrameWriter> lane) {
        lane.setOnReadyHandler(onReady);
      }

      @Override
      public void onNext(ReleasableBuffer frame) {
        try {
          if (Frames.read(frame.buffer()) instanceof Frames.Greeting greeting && !greeted) {
            greeted = true;
            context.blocking().execute(() -> judge(greeting.hello(), greeting.pid()));
          }
        } catch (MalformedFrameException e) {
          context.loop().execute(() -> fail(e));
        } finally {
          frame.release();
        }
      }

      @Override
      public void onError(Throwable cause) {
        context.loop().execute(() -> fail(cause));
      }

      @Override
      public void onCompleted() {
        context.loop().execute(() -> fail(new IllegalStateException("the peer has closed it")));
      }
    }
  }
}

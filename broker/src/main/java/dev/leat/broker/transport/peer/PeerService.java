package dev.leat.broker.transport.peer;

import dev.leat.api.rpc.BufferSource;
import dev.leat.api.rpc.ReleasableBuffer;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.runtime.PeerEvents;
import dev.leat.broker.runtime.PeerGate;
import dev.leat.broker.runtime.thread.ByteBudget;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of links that others dial: who they are, and what they say. */
final class PeerService {
  private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

  /** Of this process. */
  static final long PID = ProcessHandle.current().pid();

  private final PeerEvents events;
  private final PeerGate gate;
  private final Sessions sessions;
  private final ByteBudget budget;
  private final Executor blocking;
  private final IntConsumer onArrival;

  /**
   * The service.
   *
   * @param budget bounds the bytes of records that came and are not on disk yet: beyond it their
   *     lane is not read, and the sender feels it
   * @param blocking runs what may wait for the disk
   * @param onArrival hears which broker has just been welcomed
   */
  PeerService(
      PeerEvents events,
      PeerGate gate,
      Sessions sessions,
      ByteBudget budget,
      Executor blocking,
      IntConsumer onArrival) {
    this.events = events;
    this.gate = gate;
    this.sessions = sessions;
    this.budget = budget;
    this.blocking = blocking;
    this.onArrival = onArrival;
  }

  ServerServiceDefinition definition(BufferSource memory) {
    PeerMethods.Server methods = PeerMethods.server(memory);
    return ServerServiceDefinition.builder(PeerMethods.SERVICE)
        .addMethod(methods.orders(), ServerCalls.asyncBidiStreamingCall(Orders::new))
        .addMethod(methods.records(), ServerCalls.asyncBidiStreamingCall(Records::new))
        .build();
  }

  /** What both lanes have in common. */
  private abstract static class Lane implements StreamObserver<ReleasableBuffer> {
    final ServerCallStreamObserver<FrameWriter> answers;

    Lane(StreamObserver<FrameWriter> observer) {
      answers = (ServerCallStreamObserver<FrameWriter>) observer;
      answers.disableAutoRequest();
      answers.setOnCancelHandler(this::gone);
      answers.request(1);
    }

    abstract void gone();

    abstract String who();

    void refuse(StatusRuntimeException status) {
      if (!answers.isCancelled()) {
        answers.onError(status);
      }
    }

    void malformed(MalformedFrameException e) {
      LOG.warn("the link from {} ends: it sent {}", who(), e.getMessage());
      refuse(
          Status.INVALID_ARGUMENT
              .withDescription("the message has " + e.getMessage())
              .asRuntimeException());
      gone();
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      answers.onCompleted();
      gone();
    }
  }

  /** Orders and answers of one broker; begins with its hello. */
  private final class Orders extends Lane {
    private volatile Sessions.@Nullable Session session;

    Orders(StreamObserver<FrameWriter> observer) {
      super(observer);
    }

    @Override
    String who() {
      Sessions.Session known = session;
      return known == null ? "somebody" : known.disk().toString();
    }

    @Override
    public void onNext(ReleasableBuffer frame) {
      try {
        take(Frames.read(frame.buffer()));
      } catch (MalformedFrameException e) {
        malformed(e);
      } finally {
        frame.release();
      }
    }

    private void take(Frames.Frame frame) throws MalformedFrameException {
      Sessions.Session known = session;
      switch (frame) {
        case Frames.Greeting(Hello hello, long pid) when known == null ->
            blocking.execute(() -> judge(hello));
        case Frames.Replicas replicas when known != null -> {
          events.onMessage(known.disk().brokerId(), replicas.envelope(), () -> {});
          answers.request(1);
        }
        case Frames.Member member when known != null -> {
          events.onMember(known.disk(), member.hello());
          answers.request(1);
        }
        case Frames.Coordination order when known != null -> {
          events.onOrder(known.disk(), order.message());
          answers.request(1);
        }
        case Frames.Frame other -> throw new MalformedFrameException("a frame out of turn");
      }
    }

    private void judge(Hello hello) {
      DiskIdentity peer = hello.disk();
      if (!gate.isOpen()) {
        refuse(
            Status.UNAVAILABLE
                .withDescription("the broker starts: try again")
                .asRuntimeException());
        return;
      }
      switch (gate.judge(hello, sessions.connected(peer.brokerId()))) {
        case Verdict.Refused refused -> {
          LOG.warn("a broker is refused: {}", refused.message());
          refuse(Refusals.status(refused));
        }
        case Verdict.Welcome welcome -> {
          Sessions.Session begun = new Sessions.Session(peer, this::end);
          session = begun;
          sessions.begin(begun);
          answers.onNext(Frames.hello(gate.hello(), PID));
          answers.request(1);
          if (answers.isCancelled()) {
            gone();
          }
          onArrival.accept(peer.brokerId());
        }
      }
    }

    private void end(String reason) {
      refuse(Status.ABORTED.withDescription(reason).asRuntimeException());
    }

    @Override
    void gone() {
      Sessions.Session known = session;
      if (known != null) {
        sessions.end(known);
      }
    }
  }

  /** Records of one broker. What is on its way to the disk is bounded by the budget. */
  private final class Records extends Lane {
    private Frames.@Nullable Attach owner;

    Records(StreamObserver<FrameWriter> observer) {
      super(observer);
    }

    @Override
    String who() {
      Frames.Attach known = owner;
      return known == null ? "somebody" : "broker " + known.broker();
    }

    @Override
    void gone() {}

    @Override
    public void onNext(ReleasableBuffer frame) {
      boolean taken = false;
      try {
        taken = take(Frames.read(frame.buffer()), frame);
      } catch (MalformedFrameException e) {
        malformed(e);
      } finally {
        if (!taken) {
          frame.release();
        }
      }
    }

    /** Whether the frame's memory is in use from now on. */
    private boolean take(Frames.Frame parsed, ReleasableBuffer frame)
        throws MalformedFrameException {
      Frames.Attach known = owner;
      switch (parsed) {
        case Frames.Attach attach when known == null -> {
          owner = attach;
          if (isCurrent(attach)) {
            answers.request(1);
          }
          return false;
        }
        case Frames.Replicas replicas when known != null -> {
          if (!isCurrent(known)) {
            return false;
          }
          int bytes = frame.buffer().limit();
          budget.take(bytes);
          events.onMessage(
              known.broker(),
              replicas.envelope(),
              () -> {
                frame.release();
                budget.giveBack(bytes);
              });
          budget.whenFree(() -> answers.request(1));
          return true;
        }
        case Frames.Frame other -> throw new MalformedFrameException("a frame out of turn");
      }
    }

    private boolean isCurrent(Frames.Attach process) {
      boolean current = sessions.isConnected(process.broker(), process.nonce());
      if (!current) {
        refuse(
            Status.ABORTED
                .withDescription("this process is not connected any more: say hello again")
                .asRuntimeException());
      }
      return current;
    }
  }
}

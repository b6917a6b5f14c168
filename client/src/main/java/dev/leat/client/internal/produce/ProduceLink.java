package dev.leat.client.internal.produce;

import dev.leat.api.rpc.ProducePiece;
import dev.leat.api.rpc.ProduceRequestFrame;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.produce.PartitionDelivery.Next;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.ProduceResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Produce stream to one broker, and the partitions that wait to be sent on it. Of the loop.
 *
 * <p>A request takes one batch of each waiting partition, in turn. While few requests are under way
 * anything is sent at once; then it is waited until there is enough for a good request, so batches
 * grow with the load by themselves. Brokers answer in the order of the requests.
 */
final class ProduceLink {

  private static final Logger LOG = LoggerFactory.getLogger(ProduceLink.class);

  /**
   * Requests under way below which anything is sent at once. One: what comes meanwhile goes
   * together, which costs brokers and disks less than it costs in time. With two, 2,000 records/s
   * to three brokers on two cores had gaps of 25 to 50 ms, and failovers took twice as long.
   */
  private static final int EAGER_REQUESTS = 1;

  /** Requests under way at most: enough to fill the time that a broker's disk takes. */
  private static final int MAX_REQUESTS = 16;

  /** So many partitions are worth a request, although none of them has a full batch. */
  private static final int MANY_PARTITIONS = 64;

  /** The network takes more until so much waits in its buffers. */
  private static final int ON_READY_BYTES = 1024 * 1024;

  private final int broker;
  private final Sender sender;
  private final Backoff backoff;
  private final ArrayDeque<PartitionDelivery> waiting = new ArrayDeque<>();
  private final ArrayDeque<Request> underWay = new ArrayDeque<>();
  private @Nullable Stream stream;
  private int waitingFull;
  private long lastId;
  private boolean pausing;

  /** One batch in a request. */
  private record Sent(PartitionDelivery delivery, Batch batch, int attempt) {}

  /** A request without an answer. */
  private record Request(long id, long sentNanos, List<Sent> batches) {}

  ProduceLink(int broker, Sender sender) {
    this.broker = broker;
    this.sender = sender;
    backoff = new Backoff(sender.clientConfig());
  }

  /** The partition has something to send. */
  void enqueue(PartitionDelivery delivery) {
    delivery.waitingAt = this;
    waiting.addLast(delivery);
    noteFull(delivery);
  }

  /** A batch of a waiting partition may have become full. */
  void noteFull(PartitionDelivery delivery) {
    if (!delivery.countedFull && delivery.queue().hasFull()) {
      delivery.countedFull = true;
      waitingFull++;
    }
  }

  /** Nobody waits any more. */
  void clearWaiting() {
    for (PartitionDelivery delivery : waiting) {
      delivery.waitingAt = null;
      delivery.countedFull = false;
    }
    waiting.clear();
    waitingFull = 0;
  }

  private PartitionDelivery pollWaiting() {
    PartitionDelivery delivery = waiting.removeFirst();
    delivery.waitingAt = null;
    if (delivery.countedFull) {
      delivery.countedFull = false;
      waitingFull--;
    }
    return delivery;
  }

  /** Sends as much as makes sense now. */
  void pump() {
    if (waiting.isEmpty() || pausing) {
      return;
    }
    if (stream == null) {
      open();
      return;
    }
    while (isWorthARequest() && stream != null && stream.call.isReady()) {
      List<Sent> batches = nextBatches();
      if (batches.isEmpty()) {
        return;
      }
      send(stream, batches);
    }
  }

  private boolean isWorthARequest() {
    if (waiting.isEmpty() || underWay.size() >= MAX_REQUESTS) {
      return false;
    }
    return underWay.size() < EAGER_REQUESTS || waitingFull > 0 || waiting.size() >= MANY_PARTITIONS;
  }

  private List<Sent> nextBatches() {
    List<Sent> batches = new ArrayList<>();
    int bytes = 0;
    for (int left = Math.min(waiting.size(), sender.maxPartitions()); left > 0; left--) {
      PartitionDelivery delivery = pollWaiting();
      Batch batch = sender.nextBatch(delivery);
      if (batch == null) {
        continue;
      }
      if (bytes > 0 && bytes + batch.sizeBytes() > sender.maxRequestBytes()) {
        delivery.waitingAt = this;
        waiting.addFirst(delivery);
        noteFull(delivery);
        break;
      }
      bytes += batch.sizeBytes();
      batches.add(new Sent(delivery, batch, delivery.onSent(batch, this)));
      if (delivery.canSend()) {
        enqueue(delivery);
      }
    }
    return batches;
  }

  private void send(Stream to, List<Sent> batches) {
    List<ProducePiece> pieces = new ArrayList<>(batches.size());
    for (Sent sent : batches) {
      PartitionQueue queue = sent.delivery.queue();
      pieces.add(new ProducePiece(queue.topic(), queue.partition(), List.of(sent.batch.stamped())));
    }
    lastId++;
    underWay.add(new Request(lastId, System.nanoTime(), batches));
    to.call.sendMessage(new ProduceRequestFrame(lastId, pieces, sender.transactionalId()));
  }

  private void open() {
    String address = sender.cluster().address(broker).orElse(null);
    if (address == null) {
      pause();
      return;
    }
    ManagedChannel channel = sender.channels().to(address);
    channel.resetConnectBackoff();
    stream = new Stream(address, channel);
    stream.start();
  }

  private void pause() {
    pausing = true;
    sender.loop().schedule(this::resume, backoff.nextMs());
  }

  /** There is news of brokers: the pause after a failure may be for nothing. */
  void tryNow() {
    resume();
  }

  private void resume() {
    pausing = false;
    pump();
  }

  private void onResponse(Stream from, ProduceResponse response) {
    Request request = underWay.peekFirst();
    if (request == null
        || request.id != response.getId()
        || request.batches.size() != response.getAcksCount()) {
      from.fail(Status.INTERNAL.withDescription("an answer does not belong to the oldest request"));
      return;
    }
    underWay.removeFirst();
    backoff.reset();
    for (int i = 0; i < request.batches.size(); i++) {
      onAck(request.batches.get(i), response.getAcks(i));
    }
    pump();
  }

  private void onAck(Sent sent, PartitionAck ack) {
    PartitionDelivery delivery = sent.delivery;
    if (ack.hasError()) {
      LeatException error = Failures.of(ack.getError());
      LOG.debug(
          "{}-{}: {}", delivery.queue().topic(), delivery.queue().partition(), error.toString());
      if (delivery.onRefused(sent.batch, sent.attempt, error) == Next.PAUSE) {
        sender.pause(delivery);
      }
      if (error.code() == LeatErrorCode.NOT_LEADER) {
        sender.cluster().applyHint(delivery.queue().route(), ack.getError());
      }
    } else {
      delivery.onAcknowledged(sent.batch, ack.getBaseOffset(), ack.getAppendTime());
    }
    sender.schedule(delivery);
  }

  private void onEnd(LeatException reason) {
    if (reason.getCause() instanceof RuntimeException defect) {
      LOG.warn("The produce stream to broker {} ended by a defect of the client.", broker, defect);
    } else {
      LOG.debug("produce stream to broker {} ended: {}", broker, reason.getMessage());
    }
    stream = null;
    List<Request> lost = List.copyOf(underWay);
    underWay.clear();
    for (Request request : lost) {
      for (Sent sent : request.batches) {
        if (reason.isRetriable() || reason.code() == LeatErrorCode.INTERNAL) {
          sent.delivery.onLost(sent.batch, sent.attempt, reason);
        } else {
          sent.delivery.onFatal(sent.batch, sent.attempt, reason);
        }
      }
    }
    pause();
    for (Request request : lost) {
      request.batches.forEach(sent -> sender.schedule(sent.delivery));
    }
  }

  /** Ends the stream if a broker is silent for too long. */
  void checkTimeout(long nowNanos, long timeoutNanos) {
    Request oldest = underWay.peekFirst();
    Stream open = stream;
    if (oldest != null && open != null && nowNanos - oldest.sentNanos > timeoutNanos) {
      open.fail(Status.DEADLINE_EXCEEDED.withDescription("no answer to a produce request"));
    }
  }

  /** Ends the stream. */
  void close() {
    Stream open = stream;
    if (open != null) {
      stream = null;
      open.end();
    }
  }

  /** One gRPC stream; what comes of it after its end is ignored. */
  private final class Stream extends ClientCall.Listener<ProduceResponse> {
    final ClientCall<ProduceRequestFrame, ProduceResponse> call;
    private final String address;
    private boolean ended;

    Stream(String address, ManagedChannel channel) {
      this.address = address;
      call =
          channel.newCall(
              sender.methods().produce(), CallOptions.DEFAULT.withOnReadyThreshold(ON_READY_BYTES));
    }

    void start() {
      call.start(this, new Metadata());
      call.request(MAX_REQUESTS);
      if (call.isReady()) {
        pump();
      }
    }

    @Override
    public void onReady() {
      if (!ended) {
        pump();
      }
    }

    @Override
    public void onMessage(ProduceResponse response) {
      if (!ended) {
        call.request(1);
        onResponse(this, response);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        onEnd(Failures.of(status, trailers, address));
      }
    }

    void fail(Status status) {
      if (!ended) {
        end();
        onEnd(Failures.of(status, null, address));
      }
    }

    void end() {
      ended = true;
      call.cancel("ended by the producer", null);
    }
  }
}

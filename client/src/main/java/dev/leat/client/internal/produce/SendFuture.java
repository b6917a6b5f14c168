package dev.leat.client.internal.produce;

import dev.leat.client.RecordMetadata;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.util.concurrent.CompletableFuture;

/** The future of one record. */
final class SendFuture extends CompletableFuture<RecordMetadata> implements SendCallback {

  private final String topic;
  private final long timestamp;

  SendFuture(String topic, long timestamp) {
    this.topic = topic;
    this.timestamp = timestamp;
  }

  void onAcknowledged(int partition, long offset, long appendTime) {
    long time = appendTime >= 0 ? appendTime : timestamp;
    complete(new RecordMetadata(topic, partition, offset, time));
  }

  @Override
  public void onFailed(LeatException error) {
    completeExceptionally(error);
  }
}

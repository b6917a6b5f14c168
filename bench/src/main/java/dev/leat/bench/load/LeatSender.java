package dev.leat.bench.load;

import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;

/** Sends with Leat's client and its defaults. */
final class LeatSender implements Sender {
  private final LeatClient client;
  private final Producer producer;
  private final SendCallback callback;

  LeatSender(String bootstrap, Outcome outcome) {
    client = LeatClient.connect(bootstrap);
    producer = client.producer();
    callback =
        new SendCallback() {
          @Override
          public void onAcknowledged(int partition, long offset) {
            outcome.acknowledged(partition);
          }

          @Override
          public void onFailed(LeatException error) {
            outcome.failed(String.valueOf(error.getMessage()));
          }
        };
  }

  @Override
  public void send(String topic, int partition, byte[] value) {
    producer.send(ProducerRecord.of(topic, value).withPartition(partition), callback);
  }

  @Override
  public void close() {
    client.close();
  }
}

package dev.leat.examples;

import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.RecordMetadata;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends each line of the standard input as a record. Arguments: bootstrap, topic. */
public final class ProduceLines {

  private ProduceLines() {}

  /** Runs. */
  public static void main(String[] args) throws IOException {
    try (LeatClient client = LeatClient.connect(args[0]);
        Producer producer = client.producer();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        sent.add(producer.send(ProducerRecord.of(args[1], line)));
      }
      // Throws what the first record that failed has failed with.
      sent.forEach(CompletableFuture::join);
      System.err.println(sent.size() + " records are on disk");
    }
  }
}

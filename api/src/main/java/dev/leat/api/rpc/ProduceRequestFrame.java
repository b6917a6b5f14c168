package dev.leat.api.rpc;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A {@code leat.v1.ProduceRequest} as a client sends it: the batches are written to the network
 * straight from their buffers. With gRPC's network transports the copy is made while {@code
 * sendMessage} or {@code onNext} runs; the buffers may be used again afterwards.
 *
 * @param id number that the response will repeat
 * @param partitions batches by partition, each partition once
 * @param transactionalId whose transaction the batches are part of; empty: none
 */
public record ProduceRequestFrame(long id, List<ProducePiece> partitions, String transactionalId) {

  private static final int ID = 1;
  private static final int PARTITIONS = 2;
  private static final int TRANSACTION = 3;
  private static final int TRANSACTIONAL_ID = 1;

  /** Of no transaction. */
  public ProduceRequestFrame(long id, List<ProducePiece> partitions) {
    this(id, partitions, "");
  }

  MessageStream stream() {
    MessageWriter writer = new MessageWriter();
    writer.number(ID, id);
    for (int i = 0; i < partitions.size(); i++) {
      ProducePiece piece = partitions.get(i);
      writer.lengthOf(PARTITIONS, piece.sizeBytes());
      piece.write(writer);
    }
    if (!transactionalId.isEmpty()) {
      byte[] id = transactionalId.getBytes(StandardCharsets.UTF_8);
      writer.lengthOf(TRANSACTION, MessageWriter.sizeOfBytes(id.length));
      writer.bytes(TRANSACTIONAL_ID, id);
    }
    return writer.finish();
  }
}

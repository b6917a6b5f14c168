package dev.leat.api.rpc;

import java.util.List;

/**
 * A {@code leat.v1.ProduceRequest} as a client sends it: the batches are written to the network
 * straight from their buffers. With gRPC's network transports the copy is made while {@code
 * sendMessage} or {@code onNext} runs; the buffers may be used again afterwards.
 *
 * @param id number that the response will repeat
 * @param partitions batches by partition, each partition once
 */
public record ProduceRequestFrame(long id, List<ProducePiece> partitions) {

  private static final int ID = 1;
  private static final int PARTITIONS = 2;

  MessageStream stream() {
    MessageWriter writer = new MessageWriter();
    writer.number(ID, id);
    for (int i = 0; i < partitions.size(); i++) {
      ProducePiece piece = partitions.get(i);
      writer.lengthOf(PARTITIONS, piece.sizeBytes());
      piece.write(writer);
    }
    return writer.finish();
  }
}

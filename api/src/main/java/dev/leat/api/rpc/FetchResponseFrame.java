package dev.leat.api.rpc;

import java.util.List;

/**
 * A {@code leat.v1.FetchResponse} as a broker sends it: the batches are written to the network
 * straight from where they lie, mapped memory for example.
 *
 * <p>With gRPC's network transports the copy is made while {@code sendMessage} or {@code onNext}
 * runs, so the caller may let go of the batches' memory as soon as that call has returned or
 * thrown.
 *
 * @param partitions what is sent of each partition
 */
public record FetchResponseFrame(List<FetchedPiece> partitions) {

  private static final int PARTITIONS = 1;

  /** Keeps an unchangeable list. */
  public FetchResponseFrame {
    partitions = List.copyOf(partitions);
  }

  MessageStream stream() {
    MessageWriter writer = new MessageWriter();
    for (FetchedPiece piece : partitions) {
      writer.lengthOf(PARTITIONS, piece.sizeBytes());
      piece.write(writer);
    }
    return writer.finish();
  }
}

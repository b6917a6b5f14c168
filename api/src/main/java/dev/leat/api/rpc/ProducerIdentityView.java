package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A {@code leat.v1.ProducerIdentity} in a {@link ProduceRequestView}.
 *
 * @param transactionalId transactional id, as it was sent
 * @param producerId producer id, as it was sent
 * @param producerEpoch producer epoch, as it was sent
 */
public record ProducerIdentityView(String transactionalId, long producerId, int producerEpoch) {

  private static final int TRANSACTIONAL_ID = 1 << 3 | 2;
  private static final int PRODUCER_ID = 2 << 3;
  private static final int PRODUCER_EPOCH = 3 << 3;

  private static final ProducerIdentityView NOTHING = new ProducerIdentityView("", 0, 0);

  /**
   * Of the message in the field that {@code at} has just gone past.
   *
   * @param before the same field before that, if it comes again: both count as one message
   */
  static ProducerIdentityView parse(
      ByteBuffer buffer, WireReader at, @Nullable ProducerIdentityView before)
      throws MalformedMessageException {
    WireReader reader = at.fieldReader();
    ProducerIdentityView base = before == null ? NOTHING : before;
    String transactionalId = base.transactionalId;
    long producerId = base.producerId;
    int producerEpoch = base.producerEpoch;
    for (int tag = reader.nextTag(); tag != 0; tag = reader.nextTag()) {
      switch (tag) {
        case TRANSACTIONAL_ID -> {
          reader.bytes();
          transactionalId = TopicNameCache.decode(buffer, reader.fieldAt(), reader.fieldBytes());
        }
        case PRODUCER_ID -> producerId = reader.varint();
        case PRODUCER_EPOCH -> producerEpoch = (int) reader.varint();
        default -> reader.skip(tag);
      }
    }
    return new ProducerIdentityView(transactionalId, producerId, producerEpoch);
  }
}

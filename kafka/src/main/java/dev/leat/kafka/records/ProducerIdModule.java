package dev.leat.kafka.records;

import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.security.SecureRandom;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.RequestContext;

/**
 * InitProducerId of producers without transactions: an id is drawn from the same 63 bits as those
 * that Leat's own clients draw for themselves, so neither collides with the other.
 */
public final class ProducerIdModule implements ApiModule {
  private final SecureRandom random = new SecureRandom();

  @Override
  public void register(ApiRegistry registry) {
    registry.add(
        ApiKeys.INIT_PRODUCER_ID, ApiHandler.of(InitProducerIdRequest.class, this::answer));
  }

  private AbstractResponse answer(RequestContext client, InitProducerIdRequest request) {
    InitProducerIdResponseData response = new InitProducerIdResponseData();
    String transactionalId = request.data().transactionalId();
    if (transactionalId != null) {
      return new InitProducerIdResponse(
          response.setErrorCode(
              (transactionalId.isEmpty()
                      ? Errors.INVALID_REQUEST
                      : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
                  .code()));
    }
    return new InitProducerIdResponse(
        response.setProducerId(random.nextLong(Long.MAX_VALUE)).setProducerEpoch((short) 0));
  }
}

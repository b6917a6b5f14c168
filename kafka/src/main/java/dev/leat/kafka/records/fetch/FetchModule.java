package dev.leat.kafka.records.fetch;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.dispatch.Exchange;
import dev.leat.kafka.quota.ClientQuotas;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/** Fetch. */
public final class FetchModule implements ApiModule {
  private final KafkaContext context;
  private final FetchSessions sessions;
  private final ClientQuotas quotas;

  /** Reads the broker's log. */
  public FetchModule(KafkaContext context) {
    this.context = context;
    this.sessions = new FetchSessions(context.broker().clock());
    this.quotas = context.coordinators().get().quotas();
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(ApiKeys.FETCH, this::fetch);
  }

  private void fetch(Exchange exchange) {
    FetchRequest request = (FetchRequest) exchange.request();
    switch (sessions.open(request.data(), request.version())) {
      case FetchSessions.Opened.Refused(Errors error) ->
          exchange.respond(
              FetchResponse.of(
                  new FetchResponseData()
                      .setErrorCode(error.code())
                      .setSessionId(request.data().sessionId())));
      case FetchSessions.Opened.Partitions partitions ->
          new FetchCall(context, exchange, partitions, quotas.maxFetchBytes(exchange.context()))
              .start();
    }
  }
}

package dev.leat.kafka.quota;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.settings.StoredSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.apache.kafka.common.requests.AlterClientQuotasResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;
import org.apache.kafka.common.requests.RequestContext;

/** DescribeClientQuotas and AlterClientQuotas. */
public final class QuotasModule implements ApiModule {
  private static final StoredSettings.Kind QUOTAS = StoredSettings.Kind.QUOTAS;

  private final KafkaContext context;

  /** Answers from what is stored. */
  public QuotasModule(KafkaContext context) {
    this.context = context;
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(
            ApiKeys.DESCRIBE_CLIENT_QUOTAS,
            ApiHandler.of(DescribeClientQuotasRequest.class, this::describe))
        .add(
            ApiKeys.ALTER_CLIENT_QUOTAS,
            ApiHandler.later(AlterClientQuotasRequest.class, this::alter));
  }

  private StoredSettings settings() {
    return context.coordinators().get().settings();
  }

  private AbstractResponse describe(RequestContext client, DescribeClientQuotasRequest request) {
    return new DescribeClientQuotasResponse(
        QuotaTable.image(settings().get(QUOTAS)).describe(request.data()));
  }

  private CompletionStage<AbstractResponse> alter(
      RequestContext client, AlterClientQuotasRequest request) {
    Map<ClientQuotaEntity, ApiError> results = new HashMap<>();
    List<ClientQuotaAlteration> allowed =
        request.entries().stream()
            .filter(
                alteration -> {
                  ApiError error = QuotaRules.check(alteration);
                  results.put(alteration.entity(), error);
                  return error.isSuccess();
                })
            .toList();
    CompletionStage<Void> stored =
        allowed.isEmpty() || request.validateOnly()
            ? CompletableFuture.completedStage(null)
            : settings().change(QUOTAS, all -> allowed.forEach(each -> apply(all, each)));
    return stored.thenApply(done -> AlterClientQuotasResponse.fromQuotaEntities(results, 0));
  }

  private static void apply(
      SortedMap<String, SortedMap<String, String>> all, ClientQuotaAlteration alteration) {
    SortedMap<String, String> values =
        all.computeIfAbsent(QuotaEntities.write(alteration.entity()), none -> new TreeMap<>());
    for (ClientQuotaAlteration.Op change : alteration.ops()) {
      if (change.value() == null) {
        values.remove(change.key());
      } else {
        values.put(change.key(), change.value().toString());
      }
    }
  }
}

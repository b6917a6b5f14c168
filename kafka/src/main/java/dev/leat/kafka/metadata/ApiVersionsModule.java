package dev.leat.kafka.metadata;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.feature.Features;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * ApiVersions: what this broker understands. A key is advertised if it has a handler, in all
 * versions that Kafka 4.4 advertises.
 */
public final class ApiVersionsModule implements ApiModule {
  /** Nothing is ever finalized twice: features do not change while a broker runs. */
  private static final long FEATURES_EPOCH = 0;

  /** KIP-890: partitions are added by producing to them, and each transaction has its own epoch. */
  private static final short TRANSACTION_VERSION = TransactionVersion.TV_2.featureLevel();

  private final KafkaContext context;
  private final ApiRegistry registry;

  /** Advertises what is in {@code registry}. */
  public ApiVersionsModule(KafkaContext context, ApiRegistry registry) {
    this.context = context;
    this.registry = registry;
  }

  @Override
  public void register(ApiRegistry handlers) {
    handlers.add(ApiKeys.API_VERSIONS, ApiHandler.of(ApiVersionsRequest.class, this::answer));
  }

  private AbstractResponse answer(RequestContext client, ApiVersionsRequest request) {
    if (request.hasUnsupportedRequestVersion()) {
      return request.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception());
    }
    if (!request.isValid()) {
      return request.getErrorResponse(0, Errors.INVALID_REQUEST.exception());
    }
    if (isForAnotherBroker(request)) {
      return request.getErrorResponse(0, Errors.REBOOTSTRAP_REQUIRED.exception());
    }
    return new ApiVersionsResponse.Builder()
        .setApiVersions(versions())
        .setSupportedFeatures(features())
        .setFinalizedFeatures(Map.of(TransactionVersion.FEATURE_NAME, TRANSACTION_VERSION))
        .setFinalizedFeaturesEpoch(FEATURES_EPOCH)
        .build();
  }

  /** KIP-1242: the address of a broker may have become that of another one. */
  private boolean isForAnotherBroker(ApiVersionsRequest request) {
    String cluster = request.data().clusterId();
    int node = request.data().nodeId();
    return (cluster != null && !cluster.equals(context.broker().metadata().current().clusterId()))
        || (node >= 0 && node != context.brokerId());
  }

  private ApiVersionCollection versions() {
    ApiVersionCollection versions = new ApiVersionCollection();
    for (ApiKeys key : registry.keys()) {
      Optional<ApiVersion> version = key.toApiVersionForApiResponse(false, ListenerType.BROKER);
      version.ifPresent(versions::add);
    }
    return versions;
  }

  private static Features<SupportedVersionRange> features() {
    return Features.supportedFeatures(
        Map.of(
            TransactionVersion.FEATURE_NAME,
            new SupportedVersionRange((short) 0, TRANSACTION_VERSION)));
  }
}

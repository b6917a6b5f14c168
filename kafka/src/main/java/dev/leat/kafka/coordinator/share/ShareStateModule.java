package dev.leat.kafka.coordinator.share;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteShareGroupStateRequest;
import org.apache.kafka.common.requests.DeleteShareGroupStateResponse;
import org.apache.kafka.common.requests.InitializeShareGroupStateRequest;
import org.apache.kafka.common.requests.InitializeShareGroupStateResponse;
import org.apache.kafka.common.requests.ReadShareGroupStateRequest;
import org.apache.kafka.common.requests.ReadShareGroupStateResponse;
import org.apache.kafka.common.requests.ReadShareGroupStateSummaryRequest;
import org.apache.kafka.common.requests.ReadShareGroupStateSummaryResponse;
import org.apache.kafka.common.requests.WriteShareGroupStateRequest;
import org.apache.kafka.common.requests.WriteShareGroupStateResponse;
import org.apache.kafka.coordinator.share.ShareCoordinator;

/** The delivery state of share groups: what brokers ask of the share coordinator of this one. */
public final class ShareStateModule implements ApiModule {
  private final CoordinatorHost<ShareCoordinator> coordinator;

  /** Answered by the share coordinator of this broker. */
  public ShareStateModule(KafkaContext context) {
    this.coordinator = context.coordinators().get().shares();
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(
        ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
        later(
            InitializeShareGroupStateRequest.class,
            (context, request) ->
                ask(
                    request,
                    share -> share.initializeState(context, request.data()),
                    InitializeShareGroupStateResponse::new)));
    registry.add(
        ApiKeys.READ_SHARE_GROUP_STATE,
        later(
            ReadShareGroupStateRequest.class,
            (context, request) ->
                ask(
                    request,
                    share -> share.readState(context, request.data()),
                    ReadShareGroupStateResponse::new)));
    registry.add(
        ApiKeys.WRITE_SHARE_GROUP_STATE,
        later(
            WriteShareGroupStateRequest.class,
            (context, request) ->
                ask(
                    request,
                    share -> share.writeState(context, request.data()),
                    WriteShareGroupStateResponse::new)));
    registry.add(
        ApiKeys.DELETE_SHARE_GROUP_STATE,
        later(
            DeleteShareGroupStateRequest.class,
            (context, request) ->
                ask(
                    request,
                    share -> share.deleteState(context, request.data()),
                    DeleteShareGroupStateResponse::new)));
    registry.add(
        ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY,
        later(
            ReadShareGroupStateSummaryRequest.class,
            (context, request) ->
                ask(
                    request,
                    share -> share.readStateSummary(context, request.data()),
                    ReadShareGroupStateSummaryResponse::new)));
  }

  private <D> CompletionStage<AbstractResponse> ask(
      AbstractRequest request,
      Function<ShareCoordinator, CompletableFuture<D>> call,
      Function<D, AbstractResponse> response) {
    return coordinator
        .get()
        .thenCompose(call)
        .thenApply(response)
        .exceptionally(
            failure ->
                request.getErrorResponse(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure));
  }
}

package dev.leat.kafka;

import dev.leat.kafka.admin.ConfigsModule;
import dev.leat.kafka.admin.PlacementModule;
import dev.leat.kafka.admin.SecurityModule;
import dev.leat.kafka.admin.TopicsModule;
import dev.leat.kafka.coordinator.group.GroupModule;
import dev.leat.kafka.coordinator.share.ShareModule;
import dev.leat.kafka.coordinator.share.ShareStateModule;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.dispatch.Dispatcher;
import dev.leat.kafka.dispatch.Throttle;
import dev.leat.kafka.metadata.ApiVersionsModule;
import dev.leat.kafka.metadata.DescribeModule;
import dev.leat.kafka.metadata.MetadataModule;
import dev.leat.kafka.quota.QuotasModule;
import dev.leat.kafka.records.DeleteRecordsModule;
import dev.leat.kafka.records.OffsetsModule;
import dev.leat.kafka.records.ProduceModule;
import dev.leat.kafka.records.fetch.FetchModule;
import dev.leat.kafka.transaction.TransactionModule;
import java.util.List;

/**
 * Everything behind the listener. Made when the first client connects, so that a broker without
 * Kafka clients does not load Kafka's classes.
 */
public final class KafkaService implements AutoCloseable {
  private final List<ApiModule> modules;
  private final Dispatcher dispatcher;
  private final Throttle throttle;

  /** All modules there are. */
  public KafkaService(KafkaContext context) {
    ApiRegistry registry = new ApiRegistry();
    modules =
        List.of(
            new ApiVersionsModule(context, registry),
            new MetadataModule(context),
            new DescribeModule(context),
            new ProduceModule(context),
            new FetchModule(context),
            new OffsetsModule(context),
            new DeleteRecordsModule(context),
            new TopicsModule(context),
            new ConfigsModule(context),
            new PlacementModule(context),
            new SecurityModule(),
            new QuotasModule(context),
            GroupModule.of(context),
            ShareModule.of(context),
            new ShareStateModule(context),
            new TransactionModule(context));
    modules.forEach(module -> module.register(registry));
    dispatcher = new Dispatcher(registry);
    throttle = context.coordinators().get().quotas();
  }

  /** Where requests go. */
  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /** What their clients are held to. */
  public Throttle throttle() {
    return throttle;
  }

  @Override
  public void close() {
    modules.reversed().forEach(ApiModule::close);
  }
}

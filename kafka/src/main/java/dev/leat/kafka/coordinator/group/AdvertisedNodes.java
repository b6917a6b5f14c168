package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.BrokerView;
import dev.leat.broker.runtime.MetadataFeed;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Brokers by what the metadata says of their Kafka listeners. */
final class AdvertisedNodes implements Endpoints {
  private final MetadataFeed feed;

  AdvertisedNodes(MetadataFeed feed) {
    this.feed = feed;
  }

  @Override
  public @Nullable Node node(RequestContext context, int brokerId) {
    BrokerView broker = feed.current().brokers().get(brokerId);
    if (broker == null || broker.kafka().isEmpty()) {
      return null;
    }
    String host = Utils.getHost(broker.kafka());
    Integer port = Utils.getPort(broker.kafka());
    return host == null || port == null ? null : new Node(brokerId, host, port);
  }
}

package dev.leat.broker.server.pod;

import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.broker.runtime.view.AddressBook;
import dev.leat.broker.server.ExternalListener;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.ResourceName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients outside are told of the brokers: the operator finds it out and writes it into the
 * Cluster's status. What was heard last holds on while the API server is away.
 */
final class OutsideAddresses implements WatchListener<Cluster> {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideAddresses.class);

  private final ResourceName name;
  private final List<ExternalListener> listeners;

  OutsideAddresses(ResourceName name, List<ExternalListener> listeners) {
    this.name = name;
    this.listeners = listeners;
  }

  @Override
  public void onEvent(WatchEvent<Cluster> event) {
    switch (event) {
      case WatchEvent.Snapshot<Cluster>(var kind, List<Cluster> clusters) ->
          clusters.forEach(this::look);
      case WatchEvent.Changed<Cluster>(Cluster cluster) -> look(cluster);
      case WatchEvent.Deleted<Cluster> deleted -> {}
      case WatchEvent.Interrupted<Cluster> interrupted -> {}
    }
  }

  private void look(Cluster cluster) {
    if (!cluster.resourceName().equals(name)) {
      return;
    }
    for (ExternalListener listener : listeners) {
      for (ClusterStatus.Bootstrap bootstrap : cluster.status().bootstrap()) {
        if (bootstrap.listener().equals(listener.name())) {
          listener.addresses().set(addresses(bootstrap));
        }
      }
    }
  }

  private static Map<Integer, AddressBook.Address> addresses(ClusterStatus.Bootstrap bootstrap) {
    Map<Integer, AddressBook.Address> addresses = new HashMap<>();
    for (ClusterStatus.Advertised broker : bootstrap.brokers()) {
      try {
        int colon = broker.grpc().lastIndexOf(':');
        addresses.put(
            broker.id(),
            new AddressBook.Address(
                broker.grpc().substring(0, Math.max(0, colon)),
                Integer.parseInt(broker.grpc().substring(colon + 1)),
                broker.kafka().orElse("")));
      } catch (NumberFormatException e) {
        LOG.warn("broker {} is at '{}', which is no host:port", broker.id(), broker.grpc());
      }
    }
    return addresses;
  }
}

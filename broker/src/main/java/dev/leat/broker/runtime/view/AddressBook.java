package dev.leat.broker.runtime.view;

import dev.leat.broker.runtime.view.MetadataFeed.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of one listener find the brokers, as somebody outside of the broker tells it. A
 * broker whose address is not known is not shown to them: they wait, and ask again.
 */
public final class AddressBook {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<Integer, Address> addresses = Map.of();

  /**
   * Where a broker is.
   *
   * @param host host of its gRPC listener
   * @param grpcPort port of its gRPC listener
   * @param kafka host:port of its Kafka listener, empty if it has none
   */
  public record Address(String host, int grpcPort, String kafka) {}

  /** This is how it is now, by number of the broker. */
  public void set(Map<Integer, Address> newer) {
    if (!addresses.equals(newer)) {
      addresses = Map.copyOf(newer);
      listeners.forEach(Runnable::run);
    }
  }

  /** Calls {@code listener} after every change. */
  public void subscribe(Runnable listener) {
    listeners.add(listener);
  }

  /** {@code original} with these addresses; keeps what is equal in {@code last}. */
  Metadata seen(Metadata original, @Nullable Metadata last) {
    Map<Integer, Address> known = addresses;
    Map<Integer, BrokerView> brokers = new HashMap<>();
    for (BrokerView broker : original.brokers().values()) {
      Address address = known.get(broker.id());
      if (address != null) {
        brokers.put(broker.id(), seen(broker, address));
      }
    }
    return new Metadata(
        original.clusterId(),
        original.controller(),
        last != null && last.brokers().equals(brokers) ? last.brokers() : brokers,
        original.groups(),
        original.topics(),
        original.lagging(),
        original.moving(),
        original.lost(),
        original.forked(),
        original.alone());
  }

  private static BrokerView seen(BrokerView broker, Address address) {
    return new BrokerView(
        broker.id(),
        address.host(),
        address.grpcPort(),
        address.kafka(),
        broker.status(),
        broker.pid(),
        broker.zone());
  }
}

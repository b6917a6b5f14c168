package dev.leat.broker.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.view.AddressBook.Address;
import dev.leat.broker.runtime.view.MetadataFeed.Metadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressBookTest {
  private final MetadataFeed feed = new MetadataFeed(metadata("0.internal", "1.internal"));
  private final AddressBook book = new AddressBook();
  private final MetadataFeed seen = feed.seenFrom(book);

  @Test
  void shouldShowOnlyBrokersWhoseAddressIsKnown() {
    assertThat(seen.current().brokers()).isEmpty();

    book.set(Map.of(1, new Address("node-1", 30_001, "node-1:30002")));

    assertThat(seen.current().brokers()).containsOnlyKeys(1);
    assertThat(seen.current().brokers().get(1))
        .isEqualTo(
            new BrokerView(1, "node-1", 30_001, "node-1:30002", BrokerView.Status.UP, 0, ""));
    assertThat(seen.current().clusterId()).isEqualTo("cluster");
  }

  @Test
  void shouldTellOfChangesOfBothSides() {
    book.set(Map.of(0, new Address("node-1", 1, ""), 2, new Address("node-2", 2, "")));
    List<Metadata> told = new ArrayList<>();
    seen.subscribe(() -> told.add(seen.current()));

    feed.publish(metadata("0.internal", "1.internal", "2.internal"));
    book.set(Map.of(0, new Address("node-3", 1, "")));
    book.set(Map.of(0, new Address("node-3", 1, "")));

    assertThat(told).hasSize(2);
    assertThat(told.getFirst().brokers()).containsOnlyKeys(0, 2);
    assertThat(told.getLast().brokers()).containsOnlyKeys(0);
    assertThat(told.getLast().brokers().get(0).host()).isEqualTo("node-3");
  }

  @Test
  void shouldKeepTheSameBrokersWhenOnlyOtherPartsChange() {
    book.set(Map.of(0, new Address("node-1", 1, "")));
    Metadata before = seen.current();

    feed.publish(metadata("0.internal", "1.internal"));

    assertThat(seen.current().brokers()).isSameAs(before.brokers());
  }

  private static Metadata metadata(String... hosts) {
    Map<Integer, BrokerView> brokers = new HashMap<>();
    for (int id = 0; id < hosts.length; id++) {
      brokers.put(id, new BrokerView(id, hosts[id], 9190, "", BrokerView.Status.UP, 0, ""));
    }
    return new Metadata(
        "cluster", 0, brokers, Map.of(), Map.of(), 0, 0, List.of(), List.of(), false);
  }
}

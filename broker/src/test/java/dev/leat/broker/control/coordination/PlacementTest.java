package dev.leat.broker.control.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static Placement of(String... zones) {
    List<Placement.Site> sites = new ArrayList<>();
    for (int broker = 0; broker < zones.length; broker++) {
      sites.add(new Placement.Site(broker, zones[broker]));
    }
    return new Placement(sites);
  }

  @Test
  void shouldSpreadReplicasEvenly() {
    Placement placement = of("", "", "", "", "");

    for (int group = 0; group < 64; group++) {
      assertThat(placement.choose(3)).hasSize(3).doesNotHaveDuplicates();
    }

    for (int broker = 0; broker < 5; broker++) {
      assertThat(placement.load(broker)).isBetween(38, 39);
    }
  }

  @Test
  void shouldUseEveryZoneOnce() {
    Placement placement = of("a", "a", "a", "b", "b", "c");

    for (int group = 0; group < 20; group++) {
      List<Integer> brokers = placement.choose(3);
      assertThat(brokers.get(0)).isBetween(0, 2);
      assertThat(brokers.get(1)).isBetween(3, 4);
      assertThat(brokers.get(2)).isEqualTo(5);
    }
  }

  @Test
  void shouldShareAZoneWhenItMust() {
    assertThat(of("a", "a", "b").choose(3)).containsExactly(0, 1, 2);
    assertThat(of("a", "a").choose(3)).containsExactly(0, 1);
  }

  @Test
  void shouldChooseBesideOthersInAnotherZone() {
    Placement placement = of("a", "a", "b", "b", "c");

    assertThat(placement.chooseBeside(List.of(0, 2))).isEqualTo(4);
    assertThat(of("a", "b").chooseBeside(List.of(0, 1))).isEqualTo(-1);
  }

  @Test
  void shouldSeeThatAMoveSharesAZone() {
    Placement placement = of("a", "b", "c", "c");

    assertThat(placement.isNoWorse(List.of(0, 1, 2), 0, 3)).isFalse();
    assertThat(placement.isNoWorse(List.of(0, 1, 2), 2, 3)).isTrue();
  }
}

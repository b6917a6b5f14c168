package dev.leat.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionOrderTest {
  private final TransactionOrder order = new TransactionOrder();
  private final List<String> begun = new ArrayList<>();
  private final List<Runnable> leaves = new ArrayList<>();

  private void enter(String id, String name) {
    order.enter(
        id,
        leave -> {
          begun.add(name);
          leaves.add(leave);
        });
  }

  @Test
  void shouldLetOneInAfterTheOther() {
    enter("shop", "a");
    enter("shop", "b");
    enter("shop", "c");
    enter("bank", "x");
    assertThat(begun).containsExactly("a", "x");

    leaves.get(0).run();
    assertThat(begun).containsExactly("a", "x", "b");
    leaves.get(2).run();

    assertThat(begun).containsExactly("a", "x", "b", "c");
    assertThat(order.isKept("shop")).isTrue();
  }

  @Test
  void shouldForgetWhoHasNobodyWaiting() {
    enter("shop", "a");
    assertThat(order.isKept("shop")).isTrue();
    assertThat(order.isKept(null)).isFalse();

    leaves.getFirst().run();

    assertThat(order.isKept("shop")).isFalse();
  }
}

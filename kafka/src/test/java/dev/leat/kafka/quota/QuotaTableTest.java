package dev.leat.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.thread.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;

/** Which quota holds, and what is left of it. */
class QuotaTableTest {
  private final SortedMap<String, SortedMap<String, String>> stored = new TreeMap<>();
  private final AtomicLong nowMs = new AtomicLong();
  private final Accounts accounts =
      new Accounts(
          new Clock() {
            @Override
            public long monotonicNanos() {
              return TimeUnit.MILLISECONDS.toNanos(nowMs.get());
            }

            @Override
            public long wallMs() {
              return nowMs.get();
            }
          });

  private void limit(String entity, int perSecond) {
    stored.put(
        entity, new TreeMap<>(Map.of(Quota.PRODUCE.key(), Integer.toString(perSecond) + ".0")));
  }

  private QuotaTable.Limit find(String clientId) {
    return Objects.requireNonNull(QuotaTable.of(stored).find(Quota.PRODUCE, "ANONYMOUS", clientId));
  }

  @Test
  void shouldTakeTheOneThatIsMostExact() {
    limit("client-id", 1);
    assertThat(find("a").perSecond()).isEqualTo(1);
    limit("client-id=a", 2);
    assertThat(find("a").perSecond()).isEqualTo(2);
    assertThat(find("b").perSecond()).isEqualTo(1);
    limit("user", 3);
    assertThat(find("a").perSecond()).isEqualTo(3);
    limit("client-id,user", 4);
    assertThat(find("a").perSecond()).isEqualTo(4);
    limit("client-id=a,user", 5);
    assertThat(find("a").perSecond()).isEqualTo(5);
    limit("user=ANONYMOUS", 6);
    assertThat(find("a").perSecond()).isEqualTo(6);
    limit("client-id,user=ANONYMOUS", 7);
    assertThat(find("a").perSecond()).isEqualTo(7);
    limit("client-id=a,user=ANONYMOUS", 8);
    assertThat(find("a").perSecond()).isEqualTo(8);
    assertThat(find("b").perSecond()).isEqualTo(7);
    assertThat(QuotaTable.of(stored).find(Quota.FETCH, "ANONYMOUS", "a")).isNull();
  }

  @Test
  void shouldShareAnAccountAsFarAsTheQuotaNamesClients() {
    limit("client-id", 10);
    assertThat(find("a").account()).isNotEqualTo(find("b").account());
    limit("user=ANONYMOUS", 10);
    assertThat(find("a").account()).isEqualTo(find("b").account());
  }

  @Test
  void shouldReadWhomItIsFor() {
    Map<String, String> entries = new HashMap<>();
    entries.put(ClientQuotaEntity.USER, null);
    entries.put(ClientQuotaEntity.CLIENT_ID, "a,b=c %");
    ClientQuotaEntity entity = new ClientQuotaEntity(entries);

    assertThat(QuotaEntities.read(QuotaEntities.write(entity))).isEqualTo(entity);
    assertThat(QuotaEntities.write(entity)).startsWith("client-id=").endsWith(",user");
  }

  @Test
  void shouldGiveBackWithTime() {
    limit("client-id=a", 1_000);

    assertThat(accounts.take(find("a"), 1_000)).isZero();
    assertThat(accounts.take(find("a"), 500)).isEqualTo(500);
    nowMs.addAndGet(500);
    assertThat(accounts.take(find("a"), 100)).isEqualTo(100);
    nowMs.addAndGet(60_000);
    assertThat(accounts.take(find("a"), 1_000)).isZero();
    assertThat(accounts.take(find("a"), 1)).isEqualTo(1);
  }

  @Test
  void shouldKeepToTheRateInTheLongRun() {
    limit("client-id=a", 1_000);
    long taken = 0;
    while (nowMs.get() < 60_000) {
      nowMs.addAndGet(accounts.take(find("a"), 3_000));
      taken += 3_000;
    }

    assertThat(taken * 1_000 / nowMs.get()).isBetween(1_000L, 1_100L);
  }
}

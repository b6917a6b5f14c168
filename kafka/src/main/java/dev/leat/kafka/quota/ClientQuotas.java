package dev.leat.kafka.quota;

import dev.leat.broker.runtime.BrokerMetrics;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.kafka.dispatch.Throttle;
import dev.leat.kafka.settings.StoredSettings;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Holds clients to their quotas, at this broker: as in Kafka, each broker grants a client its whole
 * quota.
 */
public final class ClientQuotas implements Throttle {
  /** Time is never owed for longer, as in Kafka. */
  private static final int MAX_REQUEST_THROTTLE_MS = 1_000;

  private static final double PERCENT = 100;

  private final Accounts accounts;
  private final BrokerMetrics metrics;
  private volatile QuotaTable table = QuotaTable.EMPTY;

  /** Follows what is stored from now on. */
  public ClientQuotas(StoredSettings settings, Clock clock, BrokerMetrics metrics) {
    this.accounts = new Accounts(clock);
    this.metrics = metrics;
    settings.follow(StoredSettings.Kind.QUOTAS, stored -> table = QuotaTable.of(stored));
  }

  @Override
  public boolean isActive() {
    return !table.isEmpty();
  }

  @Override
  public int record(RequestContext client, Use use) {
    QuotaTable now = table;
    if (client.header.apiKey().clusterAction) {
      return 0;
    }
    int waitMs =
        Math.max(
            take(now, Quota.PRODUCE, client, use.producedBytes()),
            take(now, Quota.FETCH, client, use.fetchedBytes()));
    double percent = PERCENT * use.nanos() / TimeUnit.SECONDS.toNanos(1);
    int requestMs = Math.min(MAX_REQUEST_THROTTLE_MS, take(now, Quota.REQUEST, client, percent));
    int throttleMs = Math.max(waitMs, requestMs);
    if (throttleMs > 0) {
      metrics.throttled(throttleMs);
    }
    return throttleMs;
  }

  private int take(QuotaTable now, Quota quota, RequestContext client, double amount) {
    QuotaTable.Limit limit = amount > 0 ? find(now, quota, client) : null;
    return limit == null ? 0 : accounts.take(limit, amount);
  }

  private static QuotaTable.@Nullable Limit find(
      QuotaTable now, Quota quota, RequestContext client) {
    String clientId = client.clientId();
    return now.find(quota, client.principal.getName(), clientId == null ? "" : clientId);
  }

  /** Most bytes that one response to Fetch should hold: what the client may read in a second. */
  public int maxFetchBytes(RequestContext client) {
    QuotaTable now = table;
    QuotaTable.Limit limit = now.isEmpty() ? null : find(now, Quota.FETCH, client);
    return limit == null
        ? Integer.MAX_VALUE
        : (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.perSecond()));
  }
}

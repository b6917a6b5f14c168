package dev.leat.kafka.quota;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.image.ClientQuotaImage;
import org.apache.kafka.image.ClientQuotasImage;
import org.jspecify.annotations.Nullable;

/** All quotas of one moment. */
final class QuotaTable {
  /** There are none. */
  static final QuotaTable EMPTY = new QuotaTable(new HashMap<>());

  /** In place of a name: everybody who has no quota of their own. */
  private static final String DEFAULT = "";

  private final Map<Subject, Map<Quota, Double>> limits;

  private QuotaTable(Map<Subject, Map<Quota, Double>> limits) {
    this.limits = limits;
  }

  /** Whom it is for; null: it does not matter who. */
  private record Subject(@Nullable String user, @Nullable String clientId) {
    static Subject of(ClientQuotaEntity entity) {
      return new Subject(
          part(entity, ClientQuotaEntity.USER), part(entity, ClientQuotaEntity.CLIENT_ID));
    }

    private static @Nullable String part(ClientQuotaEntity entity, String type) {
      if (!entity.entries().containsKey(type)) {
        return null;
      }
      String name = entity.entries().get(type);
      return name == null ? DEFAULT : name;
    }
  }

  /**
   * A limit that holds for a client.
   *
   * @param account who shares it
   * @param perSecond bytes, or percent
   */
  record Limit(Account account, double perSecond) {}

  /** Clients that share a limit; null: it does not matter who. */
  record Account(Quota quota, @Nullable String user, @Nullable String clientId) {}

  /** Those that are stored; what is not understood is left out. */
  static QuotaTable of(SortedMap<String, SortedMap<String, String>> stored) {
    Map<Subject, Map<Quota, Double>> limits = new HashMap<>();
    stored.forEach(
        (entity, values) -> {
          Map<Quota, Double> own = new EnumMap<>(Quota.class);
          values.forEach(
              (key, value) ->
                  Quota.find(key).ifPresent(quota -> own.put(quota, Double.valueOf(value))));
          limits.put(Subject.of(QuotaEntities.read(entity)), own);
        });
    return new QuotaTable(limits);
  }

  /** The same as Kafka has them, which knows how to search them. */
  static ClientQuotasImage image(SortedMap<String, SortedMap<String, String>> stored) {
    Map<ClientQuotaEntity, ClientQuotaImage> images = new HashMap<>();
    stored.forEach(
        (entity, values) -> {
          Map<String, Double> numbers = new HashMap<>();
          values.forEach((key, value) -> numbers.put(key, Double.valueOf(value)));
          images.put(QuotaEntities.read(entity), new ClientQuotaImage(numbers));
        });
    return new ClientQuotasImage(images);
  }

  boolean isEmpty() {
    return limits.isEmpty();
  }

  /** The limit that holds for a client: the one that says most exactly whom it is for. */
  @Nullable Limit find(Quota quota, String user, String clientId) {
    // In Kafka's order.
    List<Subject> candidates =
        List.of(
            new Subject(user, clientId),
            new Subject(user, DEFAULT),
            new Subject(user, null),
            new Subject(DEFAULT, clientId),
            new Subject(DEFAULT, DEFAULT),
            new Subject(DEFAULT, null),
            new Subject(null, clientId),
            new Subject(null, DEFAULT));
    for (Subject subject : candidates) {
      Double perSecond = limits.getOrDefault(subject, Map.of()).get(quota);
      if (perSecond != null) {
        return new Limit(
            new Account(
                quota,
                subject.user() == null ? null : user,
                subject.clientId() == null ? null : clientId),
            perSecond);
      }
    }
    return null;
  }
}

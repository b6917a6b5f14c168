package dev.leat.kafka.quota;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** Which changes of quotas are allowed. */
final class QuotaRules {
  private static final double EPSILON = 1e-6;
  private static final Set<String> TYPES =
      Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID);

  private QuotaRules() {}

  /** NONE, or why not. */
  static ApiError check(ClientQuotaAlteration alteration) {
    Map<String, String> entity = new HashMap<>(alteration.entity().entries());
    if (entity.isEmpty()) {
      return refused("Invalid empty client quota entity");
    }
    if (entity.containsKey(ClientQuotaEntity.IP)) {
      return refused(
          "there are no quotas of addresses: their connections are bounded by"
              + " --max-connections-per-address");
    }
    for (Map.Entry<String, String> part : entity.entrySet()) {
      if (!TYPES.contains(part.getKey())) {
        return refused("Unhandled client quota entity type: " + part.getKey());
      }
      if (part.getValue() != null && part.getValue().isEmpty()) {
        return refused("Empty " + part.getKey() + " not supported");
      }
    }
    Set<String> keys = new HashSet<>();
    for (ClientQuotaAlteration.Op change : alteration.ops()) {
      if (!keys.add(change.key())) {
        return refused("Duplicate quota key " + change.key());
      }
      ApiError error = check(change.key(), change.value());
      if (error.isFailure()) {
        return error;
      }
    }
    return ApiError.NONE;
  }

  private static ApiError check(String key, @Nullable Double value) {
    Quota quota = Quota.find(key).orElse(null);
    if (quota == null) {
      return refused("Invalid configuration key " + key);
    }
    if (value == null) {
      return ApiError.NONE;
    }
    if (!(value > 0) || value.isInfinite()) {
      return refused("Quota " + key + " must be greater than 0");
    }
    return quota.isWhole() && Math.abs(Math.rint(value) - value) > EPSILON
        ? refused("Configuration " + key + " must be a Long value")
        : ApiError.NONE;
  }

  private static ApiError refused(String why) {
    return new ApiError(Errors.INVALID_REQUEST, why);
  }
}

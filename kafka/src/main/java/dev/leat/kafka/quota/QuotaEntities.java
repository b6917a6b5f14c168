package dev.leat.kafka.quota;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/**
 * Whom a quota is for as text: {@code client-id=NAME}, {@code user=NAME}, both with a comma
 * between; without {@code =NAME}: everybody who has no quota by name.
 */
final class QuotaEntities {
  private QuotaEntities() {}

  static String write(ClientQuotaEntity entity) {
    return new TreeMap<>(entity.entries())
        .entrySet().stream()
            .map(part -> write(part.getKey(), part.getValue()))
            .collect(Collectors.joining(","));
  }

  private static String write(String type, @Nullable String name) {
    return name == null ? type : type + "=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  static ClientQuotaEntity read(String text) {
    Map<String, String> entries = new HashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        entries.put(part, null);
      } else {
        entries.put(
            part.substring(0, equals),
            URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return new ClientQuotaEntity(entries);
  }
}

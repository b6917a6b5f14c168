package dev.leat.kafka.settings;

import dev.leat.crds.value.InvalidValueException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Settings as one line of text that a person can read: {@code NAME?KEY=VALUE&KEY=VALUE NAME?...},
 * each part encoded as in URLs.
 */
final class SettingsText {
  /** All annotations of a resource of Kubernetes together have twice as much. */
  private static final int MAX_LENGTH = 128 << 10;

  private SettingsText() {}

  /** Throws {@link InvalidValueException} if it is too long to be stored. */
  static String write(SortedMap<String, SortedMap<String, String>> settings) {
    StringJoiner all = new StringJoiner(" ");
    settings.forEach(
        (name, values) -> {
          if (!values.isEmpty()) {
            StringJoiner one = new StringJoiner("&", encode(name) + "?", "");
            values.forEach((key, value) -> one.add(encode(key) + "=" + encode(value)));
            all.add(one.toString());
          }
        });
    InvalidValueException.unless(
        all.length() <= MAX_LENGTH,
        "all settings together would take %d characters; there is room for %d: delete some"
            .formatted(all.length(), MAX_LENGTH));
    return all.toString();
  }

  /** What is not understood, as somebody else has written it, is left out. */
  static SortedMap<String, SortedMap<String, String>> read(String text) {
    SortedMap<String, SortedMap<String, String>> settings = new TreeMap<>();
    for (String one : text.split(" ", -1)) {
      int question = one.indexOf('?');
      if (question >= 0) {
        SortedMap<String, String> values = new TreeMap<>();
        for (String pair : one.substring(question + 1).split("&", -1)) {
          int equals = pair.indexOf('=');
          if (equals >= 0) {
            values.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
          }
        }
        settings.put(decode(one.substring(0, question)), Collections.unmodifiableSortedMap(values));
      }
    }
    return Collections.unmodifiableSortedMap(settings);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}

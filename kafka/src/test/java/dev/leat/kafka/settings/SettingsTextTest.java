package dev.leat.kafka.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.crds.value.InvalidValueException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SettingsTextTest {
  private static SortedMap<String, SortedMap<String, String>> settings(
      Map<String, Map<String, String>> all) {
    SortedMap<String, SortedMap<String, String>> settings = new TreeMap<>();
    all.forEach((name, values) -> settings.put(name, new TreeMap<>(values)));
    return settings;
  }

  @Test
  void shouldReadWhatItWrites() {
    SortedMap<String, SortedMap<String, String>> settings =
        settings(
            Map.of(
                "shop", Map.of("a.b", "1", "c", "x y"),
                "odd ?&=%+\n/\u00e4", Map.of("k&=", "v&=?%"),
                "empty value", Map.of("k", "")));

    assertThat(SettingsText.read(SettingsText.write(settings))).isEqualTo(settings);
  }

  @Test
  void shouldBeReadable() {
    assertThat(
            SettingsText.write(
                settings(Map.of("shop", Map.of("x", "1", "y", "2"), "web", Map.of("z", "3")))))
        .isEqualTo("shop?x=1&y=2 web?z=3");
  }

  @Test
  void shouldLeaveOutWhatSaysNothingAndWhatIsNotUnderstood() {
    assertThat(SettingsText.write(settings(Map.of("shop", Map.of())))).isEmpty();
    assertThat(SettingsText.read("")).isEmpty();
    assertThat(SettingsText.read("nonsense shop?x=1&nonsense %zz?y=%"))
        .isEqualTo(settings(Map.of("shop", Map.of("x", "1"), "%zz", Map.of("y", "%"))));
  }

  @Test
  void shouldRefuseWhatHasNoRoom() {
    SortedMap<String, SortedMap<String, String>> settings = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      settings.put("group-" + i, new TreeMap<>(Map.of("key", "value")));
    }

    assertThatThrownBy(() -> SettingsText.write(settings))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("delete some");
  }
}

package dev.leat.crds.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterRefTest {
  @Test
  void shouldReadNameWithAndWithoutNamespace() {
    assertThat(ClusterRef.parse("main")).isEqualTo(new ClusterRef(Optional.empty(), "main"));
    assertThat(ClusterRef.parse("leat/main"))
        .isEqualTo(new ClusterRef(Optional.of("leat"), "main"))
        .hasToString("leat/main");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/main", "leat/", "a/b/c", "Leat/main", "leat.x/main"})
  void shouldRefuseAnythingElse(String text) {
    assertThatThrownBy(() -> ClusterRef.parse(text)).isInstanceOf(InvalidValueException.class);
  }
}

package dev.leat.crds.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1000, 1000, 1000",
    "1024, 1024, 1Ki",
    "10Gi, 10737418240, 10Gi",
    "1.5Gi, 1610612736, 1536Mi",
    "500M, 500000000, 500000000",
    "2T, 2000000000000, 1953125000Ki",
    "4096Ti, 4503599627370496, 4096Ti",
    "9223372036854775807, 9223372036854775807, 9223372036854775807"
  })
  void shouldReadAndWriteSizes(String text, long bytes, String canonical) {
    ByteSize size = ByteSize.parse(text);

    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(size).hasToString(canonical).isEqualTo(ByteSize.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Gi",
        "10GB",
        "10 Gi",
        "-1",
        "1.0001Ki",
        "0.5",
        "9223372036854775808",
        "8388608Ti",
        "1e3"
      })
  void shouldRefuseWhatIsNoSize(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("allowed is");
  }
}

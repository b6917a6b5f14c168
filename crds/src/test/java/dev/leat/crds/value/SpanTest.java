package dev.leat.crds.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {
  @ParameterizedTest
  @CsvSource({
    "0s, PT0S, 0s",
    "500ms, PT0.5S, 500ms",
    "90s, PT90S, 90s",
    "60m, PT1H, 1h",
    "1h30m, PT1H30M, 90m",
    "7d, P7D, 7d",
    "2w, P14D, 14d",
    "1w2d3h4m5s6ms, P9DT3H4M5.006S, 788645006ms",
    "106751991167d, P106751991167D, 106751991167d"
  })
  void shouldReadAndWriteLengthsOfTime(String text, Duration expected, String canonical) {
    Span span = Span.parse(text);

    assertThat(span.toDuration()).isEqualTo(expected);
    assertThat(span).hasToString(canonical).isEqualTo(Span.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "d",
        "7 d",
        "7D",
        "-7d",
        "7d7d",
        "1m1h",
        "1.5h",
        "7days",
        "106751991168d",
        "9999999999999999999d",
        "PT1H"
      })
  void shouldRefuseWhatIsNoLengthOfTime(String text) {
    assertThatThrownBy(() -> Span.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("allowed is");
  }
}

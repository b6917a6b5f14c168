package dev.leat.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.bench.lab.Scale;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void shouldMeasureEverythingThreeTimesUnlessTold() {
    Options options = parse();

    assertThat(options.rounds()).isEqualTo(3);
    assertThat(options.scale()).isEqualTo(Scale.FULL);
    assertThat(options.figures()).isEmpty();
  }

  @Test
  void shouldTakeFiguresAndOptionsInAnyOrder() {
    Options options = parse("produce", "--quick", "consume", "--only", "kafka", "--rounds", "2");

    assertThat(options.figures()).containsExactly("produce", "consume");
    assertThat(options.rounds()).isEqualTo(2);
    assertThat(options.only()).isEqualTo("kafka");
  }

  @Test
  void shouldRefuseWhatItDoesNotUnderstand() {
    assertThatThrownBy(() -> parse("--rounds", "0")).hasMessageContaining("1 to 99, not 0");
    assertThatThrownBy(() -> parse("--json")).hasMessage("--json needs a value");
    assertThatThrownBy(() -> parse("--fast")).hasMessage("there is no option --fast");
  }

  private static Options parse(String... arguments) {
    return Options.parse(arguments, Path.of("work"));
  }
}

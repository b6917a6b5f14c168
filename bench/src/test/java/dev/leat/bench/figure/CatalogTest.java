package dev.leat.bench.figure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final List<Row> ROWS =
      Catalog.figures().stream().flatMap(figure -> figure.rows().stream()).toList();

  @Test
  void shouldGiveEachFigureAndRowANameOfItsOwn() {
    assertThat(Catalog.figures()).extracting(Figure::name).doesNotHaveDuplicates();
    assertThat(ROWS).extracting(Row::id).doesNotHaveDuplicates();
    assertThat(ROWS).extracting(Row::label).doesNotContainNull();
  }

  @Test
  void shouldCompareOnlyWithRowsOfTheSameFigure() {
    for (Figure figure : Catalog.figures()) {
      List<String> ids = figure.rows().stream().map(Row::id).toList();

      List<String> subjects =
          figure.rows().stream()
              .map(Row::target)
              .filter(Objects::nonNull)
              .flatMap(CatalogTest::subject)
              .toList();

      assertThat(ids).as(figure.name()).containsAll(subjects);
    }
  }

  private static Stream<String> subject(Target target) {
    return switch (target) {
      case Target.AtMost limit -> Stream.of();
      case Target.AtLeast limit -> Stream.of();
      case Target.AtMostAbove(String subject, double limit) -> Stream.of(subject);
      case Target.TimesAtLeast(String subject, double factor) -> Stream.of(subject);
      case Target.TimesAtMost(String subject, double factor) -> Stream.of(subject);
      case Target.Shown(String subject) -> Stream.of(subject);
    };
  }
}

package dev.leat.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The house rules that no compiler knows. Limits are a ratchet: they may be tightened, and never
 * loosened. A file or method that does not fit is to be divided, not excused.
 */
class TidyTest {
  private static final int FILE_MEDIAN = 110;
  private static final int FILE_P95 = 350;
  private static final int MAIN_FILE_MAX = 600;
  private static final int TEST_FILE_MAX = 800;
  private static final int METHOD_MEDIAN = 6;
  private static final int METHOD_P95 = 30;
  private static final int METHOD_MAX = 60;
  private static final int PARAMETERS_MAX = 5;
  private static final int CONSTRUCTOR_PARAMETERS_MAX = 7;
  private static final int PACKAGE_FILES_MAX = 46;
  private static final int LINE_MAX = 100;

  /** Words that say nothing about what a type does. */
  private static final Pattern EMPTY_WORD = Pattern.compile(".*(Utils?|Helpers?|Manager|Impl)");

  /** What makes a run differ from the one before. Effects of it come in as arguments. */
  private static final Pattern IMPURE =
      Pattern.compile(
          "System\\.(nanoTime|currentTimeMillis)|Instant\\.now\\(|new Random\\(|Math\\.random"
              + "|UUID\\.randomUUID|ThreadLocalRandom|new Thread\\(|LocalDateTime\\.now");

  private static final List<String> PURE_PACKAGES =
      List.of("dev/leat/broker/log/", "dev/leat/broker/replication/", "dev/leat/crds/");

  // In two parts, so that this file does not find itself.
  private static final Pattern POSTPONED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern SLEEP = Pattern.compile("Thread\\.sl" + "eep\\(");
  private static final Pattern MOCK = Pattern.compile("org\\.mock" + "ito");

  private static List<JavaSource> main = List.of();
  private static List<JavaSource> test = List.of();

  @BeforeAll
  static void read() throws IOException {
    Path top = Path.of("").toAbsolutePath();
    while (!Files.exists(top.resolve("leat"))) {
      top = top.getParent();
    }
    main = JavaSource.below(top, "src/main/java");
    test = JavaSource.below(top, "src/test/java");
  }

  @Test
  void shouldFindTheSources() {
    assertThat(main).hasSizeGreaterThan(200);
    assertThat(test).hasSizeGreaterThan(30);
  }

  @Test
  void shouldKeepFilesShort() {
    int[] sizes = sorted(main.stream().mapToInt(source -> source.text().size()));

    assertThat(percentile(sizes, 50))
        .as("median of lines per file")
        .isLessThanOrEqualTo(FILE_MEDIAN);
    assertThat(percentile(sizes, 95)).as("p95 of lines per file").isLessThanOrEqualTo(FILE_P95);
    assertThat(longerThan(main, MAIN_FILE_MAX)).isEmpty();
    assertThat(longerThan(test, TEST_FILE_MAX)).isEmpty();
  }

  @Test
  void shouldKeepMethodsShort() {
    int[] sizes = sorted(main.stream().flatMapToInt(TidyTest::methodSizes));

    assertThat(percentile(sizes, 50))
        .as("median of lines per method")
        .isLessThanOrEqualTo(METHOD_MEDIAN);
    assertThat(percentile(sizes, 95)).as("p95 of lines per method").isLessThanOrEqualTo(METHOD_P95);
    assertThat(methods(main, method -> method.lines() > METHOD_MAX)).isEmpty();
  }

  @Test
  void shouldPassRecordsInsteadOfManyParameters() {
    List<String> found =
        methods(
            main,
            method ->
                method.parameters()
                    > (method.isConstructor() ? CONSTRUCTOR_PARAMETERS_MAX : PARAMETERS_MAX));

    assertThat(found).isEmpty();
  }

  @Test
  void shouldKeepPackagesSmall() {
    var large =
        main.stream()
            .collect(Collectors.groupingBy(s -> s.path().getParent(), Collectors.counting()))
            .entrySet()
            .stream()
            .filter(entry -> entry.getValue() > PACKAGE_FILES_MAX);

    assertThat(large).isEmpty();
  }

  @Test
  void shouldKeepLinesShort() {
    assertThat(
            lines(
                all(),
                source -> true,
                line -> line.length() > LINE_MAX && !line.startsWith("import ")))
        .isEmpty();
  }

  @Test
  void shouldNameTypesByWhatTheyDo() {
    Stream<String> found =
        all().stream()
            .flatMap(source -> source.types().stream())
            .filter(type -> EMPTY_WORD.matcher(type).matches());

    assertThat(found).isEmpty();
  }

  @Test
  void shouldLeaveNothingForLater() {
    assertThat(lines(all(), source -> true, contains(POSTPONED))).isEmpty();
  }

  @Test
  void shouldWaitForEventsInTestsAndNotForTime() {
    assertThat(lines(test, source -> true, contains(SLEEP))).isEmpty();
  }

  @Test
  void shouldTestRealThings() {
    assertThat(lines(test, source -> true, contains(MOCK))).isEmpty();
  }

  @Test
  void shouldTellTheCoreTheTimeInsteadOfLettingItLook() {
    Predicate<JavaSource> pure =
        source -> PURE_PACKAGES.stream().anyMatch(source.path().toString()::contains);

    assertThat(lines(main, pure, contains(IMPURE))).isEmpty();
  }

  private static List<JavaSource> all() {
    return Stream.of(main, test).flatMap(Collection::stream).toList();
  }

  private static IntStream methodSizes(JavaSource source) {
    return source.methods().stream().mapToInt(JavaSource.Method::lines);
  }

  private static Predicate<String> contains(Pattern pattern) {
    return line -> pattern.matcher(line).find();
  }

  private static List<String> longerThan(List<JavaSource> sources, int limit) {
    ToIntFunction<JavaSource> size = source -> source.text().size();
    return sources.stream()
        .filter(source -> size.applyAsInt(source) > limit)
        .map(source -> source.path() + ": " + size.applyAsInt(source) + " lines")
        .toList();
  }

  private static List<String> methods(
      List<JavaSource> sources, Predicate<JavaSource.Method> wanted) {
    return sources.stream()
        .flatMap(
            source ->
                source.methods().stream()
                    .filter(wanted)
                    .map(method -> source.path() + ": " + method))
        .toList();
  }

  private static List<String> lines(
      List<JavaSource> sources, Predicate<JavaSource> where, Predicate<String> wanted) {
    return sources.stream()
        .filter(where)
        .flatMap(
            source ->
                IntStream.range(0, source.text().size())
                    .filter(i -> wanted.test(source.text().get(i)))
                    .mapToObj(i -> source.path() + ":" + (i + 1) + ": " + source.text().get(i)))
        .toList();
  }

  private static int[] sorted(IntStream values) {
    return values.sorted().toArray();
  }

  private static int percentile(int[] sorted, int percent) {
    assertThat(Arrays.stream(sorted)).isNotEmpty();
    return sorted[sorted.length * percent / 100];
  }
}

package dev.leat.crds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Resource;
import dev.leat.crds.Topic;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceReaderTest {
  private static final String TOPIC =
      "{apiVersion: leat.dev/v1alpha1, kind: Topic, metadata: {name: t}, spec: %s}";

  static Stream<String> good() {
    return Golden.cases("good").stream();
  }

  static Stream<String> bad() {
    return Golden.cases("bad").stream();
  }

  @ParameterizedTest
  @MethodSource("good")
  void shouldReadGoodFilesAndWriteThemInOneForm(String name) throws IOException {
    byte[] input = Golden.input("good", name);

    ReadResult result = ResourceReader.ofManifests().read(name, input);

    assertThat(result.problems()).isEmpty();
    Golden.check("good", name + ".out.yaml", ResourceWriter.write(resources(result)));
  }

  @ParameterizedTest
  @MethodSource("good")
  void shouldReadWhatWasWrittenAsTheSame(String name) throws IOException {
    ReadResult result = ResourceReader.ofManifests().read(name, Golden.input("good", name));

    String written = ResourceWriter.write(resources(result));

    ReadResult again = ResourceReader.ofStored().read(name, written);
    assertThat(again.problems()).isEmpty();
    assertThat(resources(again)).isEqualTo(resources(result));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void shouldNameFileLineAndFieldOfEachProblem(String name) throws IOException {
    byte[] input = Golden.input("bad", name);

    ReadResult result = ResourceReader.ofManifests().read(name + ".yaml", input);

    assertThat(result.problems()).isNotEmpty();
    Golden.check("bad", name + ".out.txt", result.problemText() + "\n");
  }

  @Test
  void shouldGiveTheGoodResourcesOfABadFileToo() throws IOException {
    byte[] input = Golden.input("bad", "structure");

    ReadResult result = ResourceReader.ofManifests().read("structure.yaml", input);

    assertThat(resources(result))
        .extracting(resource -> resource.metadata().name())
        .containsExactly("fine-after-all-that");
  }

  @Test
  void shouldReportDeepNestingInsteadOfExhaustingTheStack() {
    String deep = "[".repeat(200_000);

    ReadResult result = ResourceReader.ofManifests().read("deep.yaml", deep);

    assertThat(result.problemText())
        .isEqualTo("deep.yaml:1: is no YAML: nested more than 100 levels deep");
  }

  @Test
  void shouldReportManyAliasesInLinearTime() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [lol]\n");
    for (int i = 1; i < 60; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }

    ReadResult result = ResourceReader.ofManifests().read("laughs.yaml", laughs.toString());

    assertThat(result.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "laughs.yaml:1: is no YAML:"
                + " Number of aliases for non-scalar nodes exceeds the specified max=50");
  }

  @Test
  void shouldKeepWhatAManifestDoesNotGiveWhenItIsApplied() {
    Topic stored = topic("{partitions: 6, replicas: 3, retention: {time: 1d, size: 1Gi}}");
    Manifest manifest = read("{retention: {size: 2Gi}, config: {max.message.bytes: \"1000\"}}");

    Topic applied = manifest.appliedTo(stored);

    Topic expected =
        topic(
            "{partitions: 6, replicas: 3, retention: {time: 1d, size: 2Gi},"
                + " config: {max.message.bytes: \"1000\"}}");
    assertThat(applied).isEqualTo(expected);
  }

  @Test
  void shouldReadTheStatusOfStoredTopicsOnly() {
    String text =
        "{apiVersion: leat.dev/v1alpha1, kind: Topic, metadata: {name: t},"
            + " status: {phase: Reday}}";

    ReadResult manifest = ResourceReader.ofManifests().read("t.yaml", text);
    ReadResult stored = ResourceReader.ofStored().read("t.yaml", text);

    assertThat(manifest.problems()).isEmpty();
    assertThat(stored.problemText())
        .isEqualTo(
            "t.yaml:1: status.phase: 'Reday' is unknown;"
                + " allowed is Pending or Creating or Ready or Refused or Deleting");
  }

  private static Topic topic(String spec) {
    return (Topic) read(spec).resource();
  }

  private static Manifest read(String spec) {
    ReadResult result = ResourceReader.ofManifests().read("t.yaml", TOPIC.formatted(spec));
    assertThat(result.problems()).isEmpty();
    return result.manifests().getFirst();
  }

  private static List<Resource<?>> resources(ReadResult result) {
    List<Resource<?>> resources = new java.util.ArrayList<>();
    result.manifests().forEach(manifest -> resources.add(manifest.resource()));
    return resources;
  }
}

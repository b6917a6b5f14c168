package dev.leat.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Cluster;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is made of a Cluster: {@code NAME.in.yaml} becomes {@code NAME.out.yaml}. {@code
 * -Dgolden.update=true} writes them anew.
 */
class DesiredClusterTest {
  private static final Path FILES = Path.of("src/test/resources/dev/leat/operator/desired");
  private static final String IMAGE = "leat:1.0";

  static Stream<String> cases() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".in.yaml"))
          .map(file -> file.substring(0, file.length() - ".in.yaml".length()))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldMakeTheObjectsOfTheGolden(String name) throws IOException {
    Cluster cluster = read(name);

    String objects =
        new DesiredCluster(cluster)
            .objects(Optional.empty(), IMAGE, cluster.spec().brokers()).stream()
                .map(Serialization::asYaml)
                .collect(Collectors.joining());

    Path golden = FILES.resolve(name + ".out.yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, objects);
    }
    assertThat(golden).hasContent(objects);
  }

  @Test
  void shouldNotChangePodsBecauseTheOperatorIsNewer() throws IOException {
    Cluster cluster = read("defaults");
    StatefulSet before = statefulSet(cluster, Optional.empty(), IMAGE);

    StatefulSet after = statefulSet(cluster, Optional.of(before), "leat:2.0");

    assertThat(after.getSpec().getTemplate()).isEqualTo(before.getSpec().getTemplate());
  }

  @Test
  void shouldKeepTheImageOfAClusterThatNamesNoneWhenItsSpecChanges() throws IOException {
    Cluster cluster = read("defaults");
    StatefulSet before = statefulSet(cluster, Optional.empty(), IMAGE);
    Cluster changed =
        cluster
            .withSpec(cluster.spec().withBrokers(3))
            .withMetadata(cluster.metadata().edit().generation(2).build());

    StatefulSet after = statefulSet(changed, Optional.of(before), "leat:2.0");

    assertThat(after.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage())
        .isEqualTo(IMAGE);
    assertThat(after.getMetadata().getAnnotations()).containsEntry(Names.GENERATION, "2");
  }

  @Test
  void shouldKeepTheClaimTemplateWhenTheStorageGrows() throws IOException {
    Cluster small = read("defaults");
    StatefulSet before = statefulSet(small, Optional.empty(), IMAGE);
    Cluster large = read("everything");

    StatefulSet after = statefulSet(large, Optional.of(before), IMAGE);

    assertThat(after.getSpec().getVolumeClaimTemplates())
        .isEqualTo(before.getSpec().getVolumeClaimTemplates());
  }

  private static StatefulSet statefulSet(
      Cluster cluster, Optional<StatefulSet> existing, String image) {
    List<HasMetadata> objects = new DesiredCluster(cluster).objects(existing, image, 1);
    return (StatefulSet) objects.getLast();
  }

  private static Cluster read(String name) throws IOException {
    ReadResult result = ResourceReader.ofServed().readFile(FILES.resolve(name + ".in.yaml"));
    assertThat(result.problems()).isEmpty();
    return (Cluster) result.manifests().getFirst().resource();
  }
}

package dev.leat.crds.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The checked-in definitions are those of the types. {@code -Dgolden.update=true} writes them. */
class CustomResourceDefinitionsTest {
  private static final Path RESOURCES = Path.of("src/main/resources/dev/leat/crds");
  private static final Path EXAMPLES = Path.of("src/test/resources/dev/leat/crds/yaml/good");

  static Stream<Map.Entry<String, String>> definitions() {
    return CustomResourceDefinitions.all().entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void shouldBeCheckedIn(Map.Entry<String, String> definition) throws IOException {
    Path file = RESOURCES.resolve(definition.getKey());
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(RESOURCES);
      Files.writeString(file, definition.getValue());
    }

    assertThat(file).hasContent(definition.getValue());
  }

  @Test
  void shouldKnowEveryFieldThatIsWritten() throws IOException {
    try (Stream<Path> examples = Files.list(EXAMPLES)) {
      for (Path example :
          examples.filter(file -> file.getFileName().toString().endsWith(".out.yaml")).toList()) {
        for (Object document :
            new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(example))) {
          checkFields(example, (Map<?, ?>) document);
        }
      }
    }
  }

  private static void checkFields(Path example, Map<?, ?> document) {
    String file = "leat.dev_" + (document.get("kind").equals("Topic") ? "topics" : "clusters");
    Object tree =
        new Load(LoadSettings.builder().build())
            .loadFromString(CustomResourceDefinitions.all().get(file + ".yaml"));
    Object schema = at(tree, "spec", "versions", "0", "schema", "openAPIV3Schema");
    for (String part : new String[] {"spec", "status"}) {
      if (document.containsKey(part)) {
        check(example + ": " + part, document.get(part), at(schema, "properties", part));
      }
    }
  }

  private static void check(String path, Object value, Object schema) {
    if (value instanceof Map<?, ?> fields && at(schema, "properties") instanceof Map<?, ?> known) {
      assertThat(new TreeSet<>(keys(known))).as(path).containsAll(keys(fields));
      fields.forEach((name, field) -> check(path + "." + name, field, known.get(name)));
    } else if (value instanceof Iterable<?> items) {
      items.forEach(item -> check(path + "[]", item, at(schema, "items")));
    }
  }

  private static TreeSet<String> keys(Map<?, ?> map) {
    TreeSet<String> keys = new TreeSet<>();
    map.keySet().forEach(key -> keys.add((String) key));
    return keys;
  }

  private static Object at(Object tree, String... path) {
    Object node = tree;
    for (String step : path) {
      node =
          node instanceof java.util.List<?> list
              ? list.get(Integer.parseInt(step))
              : ((Map<?, ?>) node).get(step);
    }
    return node;
  }
}

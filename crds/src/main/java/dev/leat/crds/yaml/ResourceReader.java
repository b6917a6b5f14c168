package dev.leat.crds.yaml;

import dev.leat.crds.Kind;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Resource;
import dev.leat.crds.value.Suggestion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeType;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads resources from YAML (or JSON): any number of documents, or Kubernetes' {@code kind: List}.
 * Finds all problems of a file in one pass, and none of them is an exception.
 */
public final class ResourceReader {
  /** Where a resource lies that does not say. */
  public static final String DEFAULT_NAMESPACE = "default";

  /** Largest file, in characters: some 20,000 Topics. */
  public static final int MAX_LENGTH = 16 << 20;

  private static final String LIST_KIND = "List";
  private static final int MAX_ALIASES = 50;

  private final List<Kind<?>> kinds;
  private final boolean stored;
  private final boolean lenient;

  private ResourceReader(List<Kind<?>> kinds, boolean stored, boolean lenient) {
    this.kinds = kinds;
    this.stored = stored;
    this.lenient = lenient;
  }

  /**
   * For files that people write: Clusters and Topics. As with {@code kubectl apply}, their status
   * is not looked at.
   */
  public static ResourceReader ofManifests() {
    return new ResourceReader(List.of(Kind.CLUSTER, Kind.TOPIC), false, false);
  }

  /** For files that {@link ResourceWriter} wrote: every kind, with status. */
  public static ResourceReader ofStored() {
    return new ResourceReader(Kind.ALL, true, false);
  }

  /**
   * For what the Kubernetes API serves: every kind, with status. Unknown fields are not looked at:
   * the API server has refused those that nobody knows, and others are a newer version's.
   */
  public static ResourceReader ofServed() {
    return new ResourceReader(Kind.ALL, true, true);
  }

  /** Reads a file in UTF-8. */
  public ReadResult readFile(Path file) throws IOException {
    return read(file.toString(), Files.readAllBytes(file));
  }

  /** Reads UTF-8; {@code file} is what problems call it. */
  public ReadResult read(String file, byte[] content) {
    try {
      return read(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
    } catch (CharacterCodingException e) {
      return new ReadResult(
          List.of(), List.of(new Problem(file, 1, "", "is no text in UTF-8; save it as UTF-8")));
    }
  }

  /** Reads text; {@code file} is what problems call it. */
  public ReadResult read(String file, String content) {
    List<Manifest> manifests = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      for (Composer nodes = compose(content); nodes.hasNext(); ) {
        readDocument(file, nodes.next(), manifests, problems);
      }
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(1);
      problems.add(new Problem(file, line, "", "is no YAML: " + e.getProblem()));
    } catch (ReaderException e) {
      int line =
          1 + (int) content.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      String character = String.format("U+%04X", e.getCodePoint());
      problems.add(new Problem(file, line, "", "is no YAML: has the character " + character));
    } catch (YamlEngineException e) {
      problems.add(new Problem(file, 1, "", "is no YAML: " + e.getMessage()));
    }
    return new ReadResult(manifests, problems);
  }

  private static Composer compose(String content) {
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(MAX_LENGTH)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .build();
    StreamReader reader = new StreamReader(settings, content);
    return new Composer(settings, new DepthLimitedParser(new ParserImpl(settings, reader)));
  }

  private void readDocument(
      String file, Node node, List<Manifest> manifests, List<Problem> problems) {
    Document document = new Document(file, lenient);
    Fields fields = Fields.of(node, "", document);
    if (fields.text("kind").equals(Optional.of(LIST_KIND))) {
      for (Node item : fields.nodes("items")) {
        readItem(new Document(file, lenient), item, manifests, problems);
      }
      problems.addAll(document.problems());
    } else if (!isEmpty(node, document)) {
      readResource(document, fields, manifests, problems);
    }
  }

  // A List in a List is no resource, so that aliases cannot make few lines into endless work.
  private void readItem(
      Document document, Node item, List<Manifest> manifests, List<Problem> problems) {
    readResource(document, Fields.of(item, "", document), manifests, problems);
  }

  private void readResource(
      Document document, Fields fields, List<Manifest> manifests, List<Problem> problems) {
    Optional<? extends Resource<?>> resource =
        document.problems().isEmpty() || fields.has("kind")
            ? readResource(fields)
            : Optional.empty();
    if (resource.isPresent() && document.problems().isEmpty()) {
      Resource<?> complete = resource.get();
      manifests.add(new Manifest(complete, document.given(), document.file(), fields.line()));
    }
    problems.addAll(document.problems());
  }

  // Nothing between two "---", or comments alone.
  private static boolean isEmpty(Node node, Document document) {
    return document.given().isEmpty()
        && document.problems().isEmpty()
        && node.getNodeType() == NodeType.SCALAR;
  }

  private Optional<? extends Resource<?>> readResource(Fields fields) {
    Optional<String> version = fields.required("apiVersion", fields.text("apiVersion"));
    Optional<String> name = fields.required("kind", fields.text("kind"));
    if (version.isEmpty() || name.isEmpty()) {
      return Optional.empty();
    }
    Optional<? extends Kind<?>> kind = find(fields, version.get(), name.get());
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    ObjectMeta metadata = MetadataReader.read(fields, DEFAULT_NAMESPACE);
    Resource<?> resource = readKind(kind.get(), fields, metadata);
    fields.ignore("status");
    fields.finish();
    return Optional.of(resource);
  }

  private Optional<? extends Kind<?>> find(Fields fields, String version, String name) {
    List<String> versions = kinds.stream().map(Kind::apiVersion).distinct().toList();
    List<String> names = kinds.stream().map(Kind::name).toList();
    if (!versions.contains(version)) {
      fields.problem(
          "apiVersion",
          "'" + version + "' is unknown; allowed is " + String.join(" or ", versions));
    } else if (!names.contains(name)) {
      String suggestion = Suggestion.of(name, names);
      fields.problem(
          "kind",
          "'"
              + name
              + "' is unknown"
              + (suggestion.isEmpty() ? "; allowed is " + String.join(" or ", names) : suggestion));
    }
    Optional<? extends Kind<?>> found =
        kinds.stream()
            .filter(kind -> kind.apiVersion().equals(version) && kind.name().equals(name))
            .findFirst();
    if (found.isEmpty() && versions.contains(version) && names.contains(name)) {
      fields.problem("kind", "'" + name + "' is not of apiVersion " + version);
    }
    return found;
  }

  private Resource<?> readKind(Kind<?> kind, Fields fields, ObjectMeta metadata) {
    if (kind.equals(Kind.TOPIC)) {
      return TopicReader.read(fields, metadata, stored);
    } else if (kind.equals(Kind.CLUSTER)) {
      return ClusterReader.read(fields, metadata, stored);
    } else if (kind.equals(Kind.CLUSTER_STATE)) {
      return ClusterStateReader.read(fields, metadata);
    }
    return LeaseReader.read(fields, metadata);
  }
}

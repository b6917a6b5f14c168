package dev.leat.broker.state.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.crds.Kind;
import dev.leat.crds.Lease;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Resource;
import dev.leat.crds.yaml.Manifest;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import dev.leat.crds.yaml.ResourceWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Resources as the Kubernetes API takes and gives them. */
final class ResourceJson {
  /** Kubernetes' MicroTime takes exactly six digits. */
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ResourceReader READER = ResourceReader.ofServed();

  private ResourceJson() {}

  /** The API gave something that cannot be read as a resource. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  static JsonNode parse(String text) throws UnreadableException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnreadableException("the answer is no JSON: " + e.getOriginalMessage());
    }
  }

  /** A resource out of an answer, or out of the items of a list (which do not say their kind). */
  static <R extends Resource<R>> R read(Kind<R> kind, JsonNode node) throws UnreadableException {
    if (!(node instanceof ObjectNode object)) {
      throw new UnreadableException("the answer is no object");
    }
    object.put("apiVersion", kind.apiVersion()).put("kind", kind.name());
    if (object.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("managedFields");
    }
    ReadResult result = READER.read(kind.name(), object.toString());
    if (!result.isComplete() || result.manifests().isEmpty()) {
      throw new UnreadableException(result.problemText());
    }
    Manifest manifest = result.manifests().getFirst();
    return kind.type().cast(manifest.resource());
  }

  /** A whole resource. */
  static ObjectNode write(Resource<?> resource) {
    Object tree =
        new Load(LoadSettings.builder().build()).loadFromString(ResourceWriter.write(resource));
    ObjectNode node = JSON.valueToTree(tree);
    if (resource instanceof Lease lease && node.get("spec") instanceof ObjectNode spec) {
      lease.spec().acquireTime().ifPresent(time -> spec.put("acquireTime", microTime(time)));
      lease.spec().renewTime().ifPresent(time -> spec.put("renewTime", microTime(time)));
    }
    return node;
  }

  private static String microTime(Instant time) {
    return MICRO_TIME.format(time);
  }

  /**
   * A JSON patch that replaces what Leat knows of a resource, if it still has its resourceVersion,
   * and leaves alone what only others know: owner references, say.
   */
  static ArrayNode updatePatch(Resource<?> resource) {
    ObjectMeta metadata = resource.metadata();
    ArrayNode patch = basedOn(metadata);
    add(patch, "/metadata/labels", JSON.valueToTree(metadata.labels()));
    add(patch, "/metadata/annotations", JSON.valueToTree(metadata.annotations()));
    add(patch, "/metadata/finalizers", JSON.valueToTree(metadata.finalizers()));
    String part = resource.kind().equals(Kind.CLUSTER_STATE) ? "status" : "spec";
    addPart(patch, resource, part);
    return patch;
  }

  /** The same for the status alone. */
  static ArrayNode statusPatch(Resource<?> resource) {
    ArrayNode patch = basedOn(resource.metadata());
    addPart(patch, resource, "status");
    return patch;
  }

  private static void addPart(ArrayNode patch, Resource<?> resource, String part) {
    JsonNode value = write(resource).get(part);
    add(patch, "/" + part, value == null ? JSON.createObjectNode() : value);
  }

  private static ArrayNode basedOn(ObjectMeta metadata) {
    ArrayNode patch = JSON.createArrayNode();
    add(patch, "/metadata/resourceVersion", JSON.valueToTree(metadata.resourceVersion()));
    if (!metadata.uid().isEmpty()) {
      add(patch, "/metadata/uid", JSON.valueToTree(metadata.uid()));
    }
    return patch;
  }

  private static void add(ArrayNode patch, String path, JsonNode value) {
    patch.addObject().put("op", "add").put("path", path).set("value", value);
  }

  /** Options of a deletion of this very object. */
  static ObjectNode deleteOptions(ObjectMeta metadata) {
    ObjectNode options =
        JSON.createObjectNode().put("apiVersion", "v1").put("kind", "DeleteOptions");
    ObjectNode preconditions = JSON.createObjectNode();
    if (!metadata.uid().isEmpty()) {
      preconditions.put("uid", metadata.uid());
    }
    if (!metadata.resourceVersion().isEmpty()) {
      preconditions.put("resourceVersion", metadata.resourceVersion());
    }
    if (!preconditions.isEmpty()) {
      options.set("preconditions", preconditions);
    }
    return options;
  }

  /** Adds labels to a resource that is to be created. */
  static void label(ObjectNode resource, Map<String, String> labels) {
    if (!labels.isEmpty()) {
      ObjectNode all = resource.withObject("/metadata/labels");
      labels.forEach(all::put);
    }
  }
}

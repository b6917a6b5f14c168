package dev.leat.crds.yaml;

import dev.leat.crds.ObjectMeta;
import dev.leat.crds.ResourceName;
import dev.leat.crds.value.ObjectNames;
import java.util.Optional;

/** Reads {@code metadata}. */
final class MetadataReader {
  private static final ResourceName UNREADABLE = new ResourceName("unreadable", "unreadable");

  private MetadataReader() {}

  /** Reads the metadata of {@code resource}; without a namespace it lies in the given one. */
  static ObjectMeta read(Fields resource, String defaultNamespace) {
    resource.required("metadata", Optional.empty());
    Fields fields = resource.fields("metadata");
    Optional<String> name =
        resource.has("metadata")
            ? fields.required("name", fields.text("name", ObjectNames::check))
            : Optional.empty();
    String namespace =
        fields.text("namespace", ObjectNames::checkNamespace).orElse(defaultNamespace);
    ResourceName resourceName =
        name.map(given -> new ResourceName(namespace, given)).orElse(UNREADABLE);
    ObjectMeta metadata =
        ObjectMeta.of(resourceName)
            .edit()
            .labels(fields.textMap("labels", (key, value) -> {}))
            .annotations(fields.textMap("annotations", (key, value) -> {}))
            .resourceVersion(fields.text("resourceVersion").orElse(""))
            .uid(fields.text("uid").orElse(""))
            .generation(fields.longInteger("generation").orElse(0L))
            .creationTimestamp(fields.time("creationTimestamp"))
            .deletionTimestamp(fields.time("deletionTimestamp"))
            .finalizers(fields.texts("finalizers"))
            .build();
    // What Kubernetes also keeps, as in the output of kubectl get -o yaml.
    fields.ignore(
        "managedFields",
        "ownerReferences",
        "selfLink",
        "generateName",
        "deletionGracePeriodSeconds");
    fields.finish();
    return metadata;
  }
}

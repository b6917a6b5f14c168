package dev.leat.crds.yaml;

import dev.leat.crds.ClientLimits;
import dev.leat.crds.Listener;
import dev.leat.crds.ListenerType;
import dev.leat.crds.PodSettings;
import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.InvalidValueException;
import java.util.List;
import java.util.Optional;

/** Reads the fields of a Cluster's spec that matter on Kubernetes only. */
final class PodSettingsReader {
  // Of one whose name is reported already.
  private static final String UNNAMED = "unnamed";

  private PodSettingsReader() {}

  /** Reads them; what does not go together is reported, and answered as the default. */
  static PodSettings read(Fields spec) {
    PodSettings defaults = PodSettings.DEFAULT;
    Optional<String> image = spec.text("image");
    PodSettings.Resources resources = readResources(spec.fields("resources"));
    String topologyKey = spec.text("topologyKey").orElse(defaults.topologyKey());
    List<Listener> listeners = readListeners(spec);
    List<String> namespaces =
        spec.has("topicNamespaces") ? spec.texts("topicNamespaces") : defaults.topicNamespaces();
    spec.ignore("topicNamespaces");
    ClientLimits limits = readLimits(spec.fields("clientLimits"), resources);
    PodSettings.Rollout rollout = readRollout(spec.fields("rollout"));
    try {
      return new PodSettings(image, resources, topologyKey, listeners, namespaces, limits, rollout);
    } catch (InvalidValueException e) {
      spec.problem("topicNamespaces", e.problem());
      return defaults;
    }
  }

  private static List<Listener> readListeners(Fields spec) {
    if (!spec.has("listeners")) {
      spec.ignore("listeners");
      return PodSettings.DEFAULT.listeners();
    }
    List<Listener> listeners =
        spec.list("listeners").stream().map(PodSettingsReader::readListener).toList();
    if (listeners.stream().anyMatch(listener -> listener.name().equals(UNNAMED))) {
      return PodSettings.DEFAULT.listeners();
    }
    try {
      return PodSettings.checkListeners(listeners);
    } catch (InvalidValueException e) {
      spec.problem("listeners", e.problem());
      return PodSettings.DEFAULT.listeners();
    }
  }

  private static Listener readListener(Fields fields) {
    Optional<String> name = fields.required("name", fields.text("name", Listener::checkName));
    Listener listener =
        new Listener(
            name.orElse(UNNAMED),
            fields.text("type", ListenerType::parse).orElse(ListenerType.INTERNAL),
            fields.integer("grpcPort", Listener::checkPort).orElse(Listener.DEFAULT_GRPC_PORT),
            fields.integer("kafkaPort", Listener::checkPort),
            fields.text("advertisedHost"),
            fields.textMap("annotations", (key, value) -> {}));
    fields.finish();
    return listener;
  }

  private static PodSettings.Resources readResources(Fields fields) {
    PodSettings.Resources defaults = PodSettings.Resources.DEFAULT;
    PodSettings.Resources resources =
        new PodSettings.Resources(
            fields.quantity("cpuRequest", text -> text).orElse(defaults.cpuRequest()),
            fields.quantity("cpuLimit", text -> text),
            fields.quantity("memory", text -> text).orElse(defaults.memory()));
    fields.finish();
    return resources;
  }

  private static ClientLimits readLimits(Fields fields, PodSettings.Resources resources) {
    ClientLimits limits =
        new ClientLimits(
            fields.integer("connections", ClientLimits::checkConnections),
            fields.integer("connectionsPerAddress", ClientLimits::checkConnections),
            fields.integer("idleSeconds", ClientLimits::checkIdleSeconds),
            readMemory(fields, "requestMemory", resources),
            readMemory(fields, "responseMemory", resources));
    fields.finish();
    return limits;
  }

  private static Optional<ByteSize> readMemory(
      Fields fields, String name, PodSettings.Resources resources) {
    return fields.quantity(
        name,
        text -> {
          ByteSize size = ClientLimits.checkMemory(ByteSize.parse(text));
          InvalidValueException.unless(
              ClientLimits.fits(size, ByteSize.parse(resources.memory())),
              ClientLimits.TOO_MUCH_MEMORY);
          return size;
        });
  }

  private static PodSettings.Rollout readRollout(Fields fields) {
    PodSettings.Rollout rollout =
        new PodSettings.Rollout(fields.bool("paused").orElse(false), fields.integer("canary"));
    fields.finish();
    return rollout;
  }
}

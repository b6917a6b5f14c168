package dev.leat.crds;

import dev.leat.crds.value.ObjectNames;
import java.util.Optional;

/**
 * A topic.
 *
 * @param metadata name, version and marks
 * @param spec what it should be
 * @param status what it is
 */
public record Topic(ObjectMeta metadata, TopicSpec spec, TopicStatus status)
    implements Resource<Topic> {
  /** Held by the controller broker: a Topic goes only after its records have. */
  public static final String FINALIZER = "leat.dev/topic";

  /** One that was never stored. */
  public static Topic of(ResourceName name, TopicSpec spec) {
    return new Topic(ObjectMeta.of(name), spec, TopicStatus.NONE);
  }

  /** One that was never stored, for a topic of any legal name: its object name follows from it. */
  public static Topic named(String namespace, String topicName, TopicSpec spec) {
    String objectName = ObjectNames.ofTopic(topicName);
    Optional<String> given =
        objectName.equals(topicName) ? Optional.empty() : Optional.of(topicName);
    return of(new ResourceName(namespace, objectName), spec.withTopicName(given));
  }

  /** Name of the topic, which clients use. */
  public String topicName() {
    return spec.topicName().orElse(metadata.name());
  }

  @Override
  public Kind<Topic> kind() {
    return Kind.TOPIC;
  }

  @Override
  public Topic withMetadata(ObjectMeta other) {
    return new Topic(other, spec, status);
  }

  @Override
  public Topic withStatusOf(Topic other) {
    return withStatus(other.status);
  }

  @Override
  public Topic withoutStatus() {
    return withStatus(TopicStatus.NONE);
  }

  @Override
  public Optional<String> changeProblem(Topic earlier) {
    return spec.changeProblem(earlier.spec);
  }

  @Override
  public boolean hasSpecOf(Topic other) {
    return spec.equals(other.spec);
  }

  /** The same with another spec. */
  public Topic withSpec(TopicSpec other) {
    return new Topic(metadata, other, status);
  }

  /** The same with another status. */
  public Topic withStatus(TopicStatus other) {
    return new Topic(metadata, spec, other);
  }
}

package dev.leat.broker.state;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A process that counts up the observedGeneration of some topics for ever, and prints each count
 * once it was acknowledged: {@code TOPIC COUNT}. It is there to be killed.
 */
final class KillVictim {
  static final String NAMESPACE = "shop";
  static final int TOPICS = 8;

  private final LocalStateStore store;

  private KillVictim(LocalStateStore store) {
    this.store = store;
  }

  public static void main(String[] args) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    KillVictim victim =
        new KillVictim(LocalStateStore.open(Path.of(args[0]), TestContext.on(executor)));
    for (int i = 0; i < TOPICS; i++) {
      victim.start(new ResourceName(NAMESPACE, "topic-" + i));
    }
  }

  private void start(ResourceName name) {
    StoreOutcome<Topic> found = store.get(Kind.TOPIC, name).toCompletableFuture().join();
    if (found instanceof StoreOutcome.Ok<Topic> ok) {
      count(ok.value());
    } else {
      store.create(Topic.of(name, TopicSpec.DEFAULT)).thenAccept(this::next);
    }
  }

  private void next(StoreOutcome<Topic> outcome) {
    Topic topic = ((StoreOutcome.Ok<Topic>) outcome).value();
    System.out.println(topic.metadata().name() + " " + topic.status().observedGeneration());
    count(topic);
  }

  private void count(Topic topic) {
    TopicStatus status =
        new TopicStatus(
            topic.status().observedGeneration() + 1,
            TopicPhase.CREATING,
            Optional.empty(),
            Optional.empty(),
            List.of());
    store.updateStatus(topic.withStatus(status)).thenAccept(this::next);
  }
}

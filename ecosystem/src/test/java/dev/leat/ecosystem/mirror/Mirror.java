package dev.leat.ecosystem.mirror;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MirrorMaker 2 as a process of its own, which keeps all names. */
final class Mirror {
  private static final String PROPERTIES =
      """
      clusters = old, new
      old.bootstrap.servers = %s
      new.bootstrap.servers = %s
      old->new.enabled = true
      old->new.topics = orders
      old->new.groups = shop
      replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
      sync.group.offsets.enabled = true
      sync.group.offsets.interval.seconds = 1
      emit.checkpoints.interval.seconds = 1
      refresh.topics.interval.seconds = 2
      refresh.groups.interval.seconds = 2
      sync.topic.configs.interval.seconds = 2
      emit.heartbeats.enabled = false
      offset-syncs.topic.location = target
      replication.factor = -1
      checkpoints.topic.replication.factor = -1
      offset-syncs.topic.replication.factor = -1
      config.storage.replication.factor = -1
      offset.storage.replication.factor = -1
      status.storage.replication.factor = -1
      tasks.max = 2
      consumer.auto.offset.reset = earliest
      """;

  private Mirror() {}

  /** Starts it; what it has done before, it goes on from. */
  static Child start(Path directory, Cluster from, Cluster to, Jvm jvm) throws IOException {
    Path file = directory.resolve("mirror.properties");
    Files.writeString(file, PROPERTIES.formatted(from.bootstrap(), to.bootstrap()));
    return Child.java(
        directory,
        "mirror",
        jvm,
        "org.apache.kafka.connect.mirror.MirrorMaker",
        List.of(file.toString()));
  }
}

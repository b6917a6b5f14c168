package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.KafkaServer;
import dev.leat.bench.peer.Rate;
import dev.leat.bench.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** MirrorMaker 2 from a Kafka into the broker that is measured. */
public final class MirrorJob {
  private static final String TOPIC = "bench-mirror";
  private static final int PARTITIONS = 4;
  private static final int RECORD_BYTES = 1024;

  private MirrorJob() {}

  /** What arrives, as committed in the topic of the target. */
  public static Rate measure(Lab lab, String bootstrap, List<String> fill) throws IOException {
    long records = lab.scale().consumedRecords() / 2;
    try (KafkaServer from = KafkaServer.startNew(lab, Map.of());
        KafkaAdmin target = new KafkaAdmin(bootstrap)) {
      try (KafkaAdmin source = new KafkaAdmin(from.bootstrap())) {
        source.create(List.of(TOPIC), PARTITIONS, Map.of());
      }
      new KafkaPerf(lab, from.bootstrap())
          .produce(
              new KafkaLoad(TOPIC, RECORD_BYTES, KafkaLoad.Payload.FROM_FILE, -1, fill),
              records,
              1);
      lab.settle();
      Child mirror = start(lab, from.bootstrap(), bootstrap);
      try {
        double rate =
            new Progress(mirror, () -> target.committed(TOPIC), records).perSecond(lab.scale());
        return new Rate(rate, RECORD_BYTES);
      } finally {
        mirror.kill();
      }
    }
  }

  /** One way, under the same names; nothing else is set than what one broker alone needs. */
  private static Child start(Lab lab, String from, String to) throws IOException {
    Path file = lab.directory("mirror").resolve("mirror.properties");
    Files.writeString(
        file,
        """
        clusters = old, new
        old.bootstrap.servers = %s
        new.bootstrap.servers = %s
        old->new.enabled = true
        old->new.topics = %s
        replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
        consumer.auto.offset.reset = earliest
        tasks.max = 2
        replication.factor = -1
        checkpoints.topic.replication.factor = -1
        heartbeats.topic.replication.factor = -1
        offset-syncs.topic.replication.factor = -1
        offset-syncs.topic.location = target
        config.storage.replication.factor = -1
        offset.storage.replication.factor = -1
        status.storage.replication.factor = -1
        """
            .formatted(from, to, TOPIC));
    return Program.ofEcosystem(lab, "mirror", "org.apache.kafka.connect.mirror.MirrorMaker")
        .start(lab, List.of(file.toString()));
  }
}

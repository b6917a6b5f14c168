package dev.leat.bench.figure;

import dev.leat.bench.failover.Failovers;
import dev.leat.bench.failover.KafkaTrio;
import dev.leat.bench.failover.LaggingFollower;
import dev.leat.bench.failover.LeatTrio;
import dev.leat.bench.failover.StoreOutage;
import dev.leat.bench.failover.Trio;
import dev.leat.bench.failover.WritesPerFailover;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.Latency;
import dev.leat.bench.peer.LeatCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long producers wait when one of three brokers dies, stops, falls silent or is slow. */
final class Failover {
  private static final long RECORDS_PER_SECOND = 2_000;
  private static final int FEW_PARTITIONS = 64;
  private static final int MANY_PARTITIONS = 100_000;

  private Failover() {}

  static Figure figure() {
    Failovers leat = new Failovers("leat", "Leat", Scale::faults, LeatTrio::start);
    Failovers kafka = new Failovers("kafka", "Kafka", Scale::slowFaults, KafkaTrio::start);
    return new Figure(
        "failover",
        "Longest time without an acknowledgement of a partition, 3 brokers, 3 replicas,"
            + " 2,000 records/s",
        List.of(
            new Contestant("Leat", leat.rows(), leat::measure),
            new Contestant("Kafka", kafka.rows(), kafka::measure)));
  }

  static Figure withoutStore() {
    return new Figure(
        "store-outage",
        "The same while the state store does not answer",
        List.of(new Contestant("Leat", StoreOutage.rows(), StoreOutage::measure)));
  }

  static Figure writes() {
    return new Figure(
        "state-writes",
        "Writes of ClusterState, 3 brokers, 3 replicas",
        List.of(writes(FEW_PARTITIONS), writes(MANY_PARTITIONS)));
  }

  private static Contestant writes(int partitions) {
    WritesPerFailover leat = new WritesPerFailover(partitions);
    return new Contestant("Leat, " + partitions + " partitions", leat.rows(), leat::measure);
  }

  static Figure slowFollower() {
    LaggingFollower leat =
        new LaggingFollower("leat", "Leat", LeatTrio::start, Failover::leatLatency);
    LaggingFollower kafka =
        new LaggingFollower("kafka", "Kafka", KafkaTrio::start, Failover::kafkaLatency);
    return new Figure(
        "lagging-follower",
        "Latency of producing 2,000 records of 1 KiB in a second, 3 brokers, 3 replicas",
        List.of(
            new Contestant("Leat", leat.rows(), leat::measure),
            new Contestant("Kafka", kafka.rows(), kafka::measure)));
  }

  private static Latency leatLatency(Lab lab, Trio trio) {
    Duration time = Scale.WARM_UP.plus(lab.scale().latency());
    List<String> flags = new ArrayList<>(LeatCommand.duration(time));
    flags.addAll(List.of("--rate", Long.toString(RECORDS_PER_SECOND)));
    return new LeatCommand(lab, trio.bootstrap())
        .produce(Trio.TOPIC, Settings.KIB, flags)
        .latencyMs();
  }

  private static Latency kafkaLatency(Lab lab, Trio trio) {
    KafkaLoad load =
        new KafkaLoad(
            Trio.TOPIC,
            Settings.KIB,
            KafkaLoad.Payload.FROM_FILE,
            RECORDS_PER_SECOND,
            Settings.KAFKA_PROMPT);
    long warmUp = RECORDS_PER_SECOND * Scale.WARM_UP.toSeconds();
    long records = RECORDS_PER_SECOND * lab.scale().latency().toSeconds();
    return new KafkaPerf(lab, trio.bootstrap()).produce(load, warmUp + records, warmUp).latency();
  }
}

package dev.leat.broker.server;

import dev.leat.broker.log.disk.BrokerDisk;
import java.util.UUID;

/** Identities of brokers in tests. */
public final class TestDisks {
  private TestDisks() {}

  /** One that lasts as long as the process. */
  public static BrokerDisk unkept(UUID cluster, int broker) {
    return new UnkeptDisk(cluster, broker);
  }
}

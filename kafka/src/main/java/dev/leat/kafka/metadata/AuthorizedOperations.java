package dev.leat.kafka.metadata;

import org.apache.kafka.common.acl.AclOperation;

/** What a client may do, as Kafka's bit fields: without an authorizer, all there is. */
public final class AuthorizedOperations {
  /** Everything that can be done to a cluster. */
  public static final int CLUSTER =
      bits(
          AclOperation.CREATE,
          AclOperation.CLUSTER_ACTION,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS,
          AclOperation.IDEMPOTENT_WRITE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE);

  /** Everything that can be done to a topic. */
  public static final int TOPIC =
      bits(
          AclOperation.READ,
          AclOperation.WRITE,
          AclOperation.CREATE,
          AclOperation.DESCRIBE,
          AclOperation.DELETE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS);

  /** Everything that can be done to a group. */
  public static final int GROUP =
      bits(
          AclOperation.READ,
          AclOperation.DESCRIBE,
          AclOperation.DELETE,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS);

  private AuthorizedOperations() {}

  private static int bits(AclOperation... operations) {
    int bits = 0;
    for (AclOperation operation : operations) {
      bits |= 1 << operation.code();
    }
    return bits;
  }
}

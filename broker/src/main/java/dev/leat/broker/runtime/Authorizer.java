package dev.leat.broker.runtime;

/**
 * Decides who may do what. Called on event loops for each request and topic: must answer from
 * memory.
 */
@FunctionalInterface
public interface Authorizer {
  /** Lets everybody do everything. */
  Authorizer ALLOW_ALL = (principal, operation, resource) -> true;

  /**
   * Whether {@code principal} may do {@code operation} on {@code resource}.
   *
   * @param resource name of the topic; empty for operations on the cluster
   */
  boolean allows(Principal principal, Operation operation, String resource);

  /** What can be allowed. */
  enum Operation {
    /** Append records to a topic. */
    WRITE,
    /** Read records of a topic. */
    READ,
    /** See that a topic exists, and its metadata. */
    DESCRIBE,
    /** Create a topic. */
    CREATE,
    /** Change a topic. */
    ALTER,
    /** Delete a topic. */
    DELETE,
    /** See the state of the cluster. */
    DESCRIBE_CLUSTER,
    /** Change the cluster: give up what lost groups had. */
    ALTER_CLUSTER
  }
}

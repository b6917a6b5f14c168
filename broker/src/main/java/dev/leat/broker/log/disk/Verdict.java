package dev.leat.broker.log.disk;

/** What becomes of a connection after its {@link Hello}. */
public sealed interface Verdict {

  /**
   * The peer is who it says. Anything else on this connection only after {@code table} is on disk.
   *
   * @param table what is known now
   * @param news whether that is more than before: then it has to be kept
   */
  record Welcome(PeerTable table, boolean news) implements Verdict {}

  /**
   * The connection ends with this answer.
   *
   * @param reason why
   * @param message one line for the operators of both brokers: what, why, what to do
   */
  record Refused(Refusal reason, String message) implements Verdict {}

  /** Why a peer is refused. */
  enum Refusal {
    /** The disk belongs to another cluster. */
    OTHER_CLUSTER,
    /** Another process runs with this broker's number. The one that came later waits. */
    TWO_PROCESSES,
    /**
     * A later start of this disk is known: it was set back. Whoever gets this answer has to call
     * {@link BrokerDisk#doubt} and to withdraw all its groups before it says hello again.
     */
    WENT_BACK,
    /** One of the two writes a version of entries that the other cannot read. */
    FORMAT
  }
}

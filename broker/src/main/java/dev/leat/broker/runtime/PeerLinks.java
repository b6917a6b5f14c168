package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.replication.PeerEnvelope;

/**
 * Port to the other brokers: one link to each, from this broker to that one. What comes from a
 * broker comes on its own link, and is told to {@link PeerEvents}.
 *
 * <p>Nothing here waits. What cannot be sent is lost: the protocol allows it, and whoever sends
 * says it again in time. Two lanes: orders and answers, which are small and never wait behind
 * records, and records.
 */
public interface PeerLinks extends AutoCloseable {
  /**
   * Keeps a link to this broker, and tries again for ever until it is forgotten: at the address
   * that it was said to have last, in turn with the first one. A link to its present process stays.
   *
   * @param address host:port
   */
  void reach(int broker, String address);

  /** Ends the link to this broker. */
  void forget(int broker);

  /** Tries again at once if there is no link: something says that the broker is there. */
  void nudge(int broker);

  /** Whether the lane of records to this broker has room: else what is sent piles up in memory. */
  boolean isOpen(int broker);

  /**
   * Sends on the lane of records. The message's bytes are needed during this call only.
   *
   * @return bytes sent, 0 if there is no link
   */
  int sendData(int broker, PeerEnvelope envelope);

  /** Sends on the lane of orders and answers. */
  void send(int broker, PeerEnvelope envelope);

  /** Says who this broker is, and what its disk holds, on the lane of orders and answers. */
  void tell(int broker, Hello hello);

  /** Says something about the cluster, on the lane of orders and answers. */
  void tell(int broker, CoordinationMessage message);

  /**
   * Ends what a process has dialled.
   *
   * @param nonce which process
   * @param reason one line, for a person at its end
   */
  void reject(int broker, long nonce, String reason);

  @Override
  void close();
}

package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.PeerEnvelope;

/** What {@link PeerLinks} report. Called on network threads: hand over and return. */
public interface PeerEvents {
  /**
   * The link to this broker stands.
   *
   * @param hello who answers there
   * @param pid its process id
   */
  void onUp(int broker, Hello hello, long pid);

  /**
   * The link to this broker has ended; it is tried again at once. A dead process shows like this
   * within a millisecond or two.
   */
  void onReset(int broker, String reason);

  /** Nobody listens at this broker's address: its process is dead, if its machine is not. */
  void onRefused(int broker);

  /** The broker does not want this one: see {@link Verdict.Refused}. It is tried again later. */
  void onUnwelcome(int broker, Verdict.Refused refused);

  /** The lane of records has room again. */
  void onOpen(int broker);

  /**
   * A process that has dialled this broker says who it is: the first that comes from it.
   *
   * @param from who it is, as judged
   */
  void onMember(DiskIdentity from, dev.leat.broker.control.coordination.Hello hello);

  /** A message about the cluster. */
  void onOrder(DiskIdentity from, CoordinationMessage message);

  /**
   * A message between replicas.
   *
   * @param from the broker that sent it
   * @param release to be called once, when the bytes of its batches are not needed any more
   */
  void onMessage(int from, PeerEnvelope envelope, Runnable release);
}

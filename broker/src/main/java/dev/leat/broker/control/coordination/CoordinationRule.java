package dev.leat.broker.control.coordination;

/**
 * The rules of docs/protocol/COORDINATION.md, each named where it is implemented: the simulator can
 * make the code drop one, to see that it is needed.
 */
enum CoordinationRule {
  /** A broker is fenced on the word of two, not of one. */
  WITNESS,
  /** By silence, only few are fenced at a time. */
  CAP,
  /** A group whose quorum hears its leader gets no other. */
  CONTACT,
  /** The new epoch is above all that voters have promised, whatever ClusterState says. */
  ASK,
  /** Appointments do not wait for the store. */
  BESIDE,
  /** Who says that it does not hear a broker has no contact with it, though it is heard. */
  MUTUAL,
  /** Without a controller, voters appoint. */
  STANDIN,
  /** A fenced broker has to be well for a while. */
  DAMPING,
  /** After an appointment that came to nothing: a random pause. */
  BACKOFF,
  /** All changes of an event in one write. */
  BATCH,
  /** What the store has lost is written again. */
  REPAIR,
  /** Whoever was stopped himself does not take others for silent. */
  OWNPAUSE,
  /** UNCLEAN: replicas hear of a history that theirs was given up for. */
  HEAR,
  /** UNCLEAN: a group is lost only after a while without a quorum. */
  SETTLE
}

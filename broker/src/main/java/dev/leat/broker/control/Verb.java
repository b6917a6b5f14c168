package dev.leat.broker.control;

/** What a write to a {@link StateStore} does. */
public enum Verb {
  /** {@link StateStore#create}. */
  CREATE,
  /** {@link StateStore#update}. */
  UPDATE,
  /** {@link StateStore#updateStatus}. */
  UPDATE_STATUS,
  /** {@link StateStore#delete}. */
  DELETE
}

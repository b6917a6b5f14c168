package dev.leat.broker.state;

/** What a write does. */
enum Verb {
  CREATE,
  UPDATE,
  UPDATE_STATUS,
  DELETE
}

package dev.leat.bench.failover;

/** What happens to a cluster under load. */
enum Fault {
  /** Nothing: the longest gap of a quiet time of the same length. */
  NONE("nothing", Signal.CONT, false),
  /** A leader that is not the controller crashes. */
  KILL_LEADER("kill -9 of a leader", Signal.KILL, false),
  /** The controller, which leads too, crashes. */
  KILL_CONTROLLER("kill -9 of the controller, which leads too", Signal.KILL, true),
  /** A leader is asked to end. */
  STOP_LEADER("SIGTERM of a leader", Signal.TERM, false),
  /** A leader falls silent, without closing its connections. */
  SILENCE("silence of a leader (SIGSTOP)", Signal.STOP, false);

  private final String label;
  private final Signal signal;
  private final boolean controller;

  Fault(String label, Signal signal, boolean controller) {
    this.label = label;
    this.signal = signal;
    this.controller = controller;
  }

  /** In words. */
  String label() {
    return label;
  }

  /** What is sent to the victim. */
  Signal signal() {
    return signal;
  }

  /** Whether the victim is the controller. */
  boolean hitsController() {
    return controller;
  }

  /** Part of the ids of rows. */
  String id() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}

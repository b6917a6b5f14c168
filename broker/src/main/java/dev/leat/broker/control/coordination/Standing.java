package dev.leat.broker.control.coordination;

/** Who may lead: the controller's decision, or a stand-in's own view. */
interface Standing {
  /** What a broker counts as. */
  BrokerState stateOf(int broker);
}

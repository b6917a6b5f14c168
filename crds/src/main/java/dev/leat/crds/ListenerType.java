package dev.leat.crds;

import dev.leat.crds.value.Choice;

/** From where a listener can be reached. */
public enum ListenerType implements Choice {
  /** From inside the Kubernetes cluster. */
  INTERNAL("internal"),
  /** At a port of every node. */
  NODE_PORT("nodeport"),
  /** At a load balancer of each broker's own. */
  LOAD_BALANCER("loadbalancer");

  private final String text;

  ListenerType(String text) {
    this.text = text;
  }

  /** Reads one. */
  public static ListenerType parse(String text) {
    return Choice.parse(values(), text);
  }

  @Override
  public String text() {
    return text;
  }
}

package dev.leat.crds.yaml;

import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;

/** Refuses YAML that is nested so deeply that composing it could exhaust the stack. */
final class DepthLimitedParser implements Parser {
  /** Levels; a resource has less than ten. */
  static final int MAX_DEPTH = 100;

  private final Parser parser;
  private int depth;

  DepthLimitedParser(Parser parser) {
    this.parser = parser;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public boolean hasNext() {
    return parser.hasNext();
  }

  @Override
  public Event next() {
    Event event = parser.next();
    if (event instanceof CollectionStartEvent) {
      depth++;
    } else if (event instanceof CollectionEndEvent) {
      depth--;
    }
    if (depth > MAX_DEPTH) {
      throw new ParserException(
          "nested more than " + MAX_DEPTH + " levels deep", event.getStartMark());
    }
    return event;
  }
}

package dev.leat.crds.yaml;

import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Suggestion;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The fields of one YAML mapping. Each read of a field reports what is wrong with it and then
 * answers as if it were absent, so that one pass finds every problem; {@link #finish} reports the
 * fields that nobody asked for.
 */
final class Fields {
  private final Document document;
  private final String path;
  private final int line;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Integer> keyLines = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  private Fields(Document document, String path, int line) {
    this.document = document;
    this.path = path;
    this.line = line;
  }

  /** The fields of {@code node}; none if it is no mapping, which is reported. */
  static Fields of(Node node, String path, Document document) {
    Fields fields = new Fields(document, path, Document.lineOf(node));
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(fields::add);
    } else if (!isNull(node)) {
      document.problem(fields.line, path, "is " + typeOf(node) + "; allowed are named fields");
    }
    return fields;
  }

  private void add(NodeTuple tuple) {
    int keyLine = Document.lineOf(tuple.getKeyNode());
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      document.problem(keyLine, path, "has a key that is no text; allowed are named fields");
    } else if (keyLines.containsKey(key.getValue())) {
      String first = "; it is given on line " + keyLines.get(key.getValue()) + " already";
      document.problem(keyLine, pathOf(key.getValue()), "is given twice" + first);
    } else {
      keyLines.put(key.getValue(), keyLine);
      if (!isNull(tuple.getValueNode())) {
        values.put(key.getValue(), tuple.getValueNode());
        document.given(pathOf(key.getValue()));
      }
    }
  }

  int line() {
    return line;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** Reports a problem with a field: at its line, or at that of the mapping if it is absent. */
  void problem(String name, String message) {
    document.problem(keyLines.getOrDefault(name, line), pathOf(name), message);
  }

  /** Text. */
  Optional<String> text(String name) {
    return text(name, text -> text);
  }

  /** Text of a form; numbers are no text. */
  <T> Optional<T> text(String name, Function<String, T> parser) {
    return value(name, "text", Set.of(Tag.STR), parser);
  }

  /** Text of a form, where a number is one too, as in {@code size: 1048576}. */
  <T> Optional<T> quantity(String name, Function<String, T> parser) {
    return value(name, "text", Set.of(Tag.STR, Tag.INT, Tag.FLOAT), parser);
  }

  /** true or false. */
  Optional<Boolean> bool(String name) {
    return value(name, "true or false", Set.of(Tag.BOOL), text -> text.equalsIgnoreCase("true"));
  }

  /** A whole number that fits in 32 bits. */
  Optional<Integer> integer(String name) {
    return integer(name, number -> number);
  }

  /** A whole number that {@code check} returns; it throws for one that is not allowed. */
  Optional<Integer> integer(String name, IntUnaryOperator check) {
    return value(name, "a whole number", Set.of(Tag.INT), text -> check.applyAsInt(parseInt(text)));
  }

  /** A whole number that fits in 64 bits. */
  Optional<Long> longInteger(String name) {
    return value(name, "a whole number", Set.of(Tag.INT), Fields::parseLong);
  }

  /** A point in time. */
  Optional<Instant> time(String name) {
    return text(name, Fields::parseTime);
  }

  /** Reports the field as missing if it is. */
  <T> Optional<T> required(String name, Optional<T> value) {
    if (!has(name)) {
      problem(name, "is missing");
    }
    return value;
  }

  private <T> Optional<T> value(
      String name, String expected, Set<Tag> tags, Function<String, T> parser) {
    known.add(name);
    Node node = values.get(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!(node instanceof ScalarNode scalar) || !tags.contains(node.getTag())) {
      problem(name, "is " + typeOf(node) + "; allowed is " + expected + quotingHint(node, tags));
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(scalar.getValue()));
    } catch (InvalidValueException e) {
      problem(name, e.problem());
      return Optional.empty();
    }
  }

  /** Fields of a field; none if it is absent. */
  Fields fields(String name) {
    known.add(name);
    Node node = values.get(name);
    return node == null
        ? new Fields(document, pathOf(name), line)
        : Fields.of(node, pathOf(name), document);
  }

  /** Items of a list whose items have fields. */
  List<Fields> list(String name) {
    List<Fields> items = new ArrayList<>();
    List<Node> nodes = nodes(name);
    for (int i = 0; i < nodes.size(); i++) {
      items.add(Fields.of(nodes.get(i), pathOf(name) + "[" + i + "]", document));
    }
    return items;
  }

  /** Items of a list of texts. */
  List<String> texts(String name) {
    return scalars(name, "texts", Tag.STR, text -> text);
  }

  /** Items of a list of whole numbers. */
  List<Integer> integers(String name) {
    return scalars(name, "whole numbers", Tag.INT, Fields::parseInt);
  }

  private <T> List<T> scalars(String name, String expected, Tag tag, Function<String, T> parser) {
    List<T> items = new ArrayList<>();
    for (Node node : nodes(name)) {
      try {
        InvalidValueException.unless(
            node instanceof ScalarNode && node.getTag().equals(tag),
            "holds " + typeOf(node) + "; allowed are " + expected);
        items.add(parser.apply(((ScalarNode) node).getValue()));
      } catch (InvalidValueException e) {
        problem(name, e.problem());
      }
    }
    return items;
  }

  /** Items of a list. */
  List<Node> nodes(String name) {
    known.add(name);
    Node node = values.get(name);
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    if (node != null) {
      problem(name, "is " + typeOf(node) + "; allowed is a list");
    }
    return List.of();
  }

  /** A mapping of texts to texts; {@code check} throws for an entry that is not allowed. */
  Map<String, String> textMap(String name, EntryCheck check) {
    Fields entries = fields(name);
    Map<String, String> map = new TreeMap<>();
    for (String key : entries.values.keySet()) {
      entries
          .text(
              key,
              value -> {
                check.check(key, value);
                return value;
              })
          .ifPresent(value -> map.put(key, value));
    }
    return map;
  }

  /** Throws {@link InvalidValueException} for an entry that is not allowed. */
  @FunctionalInterface
  interface EntryCheck {
    void check(String key, String value);
  }

  /** Takes note of fields that may be there and do not matter. */
  void ignore(String... names) {
    known.addAll(List.of(names));
  }

  /** Reports every field that nobody asked for. */
  void finish() {
    if (document.lenient()) {
      return;
    }
    for (String name : keyLines.keySet()) {
      if (!known.contains(name)) {
        String suggestion = Suggestion.of(name, known);
        problem(
            name,
            "unknown field"
                + (suggestion.isEmpty()
                    ? "; allowed are " + String.join(", ", known)
                    : suggestion));
      }
    }
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String typeOf(Node node) {
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    if (!(node instanceof ScalarNode scalar)) {
      return "a list";
    }
    String kind =
        scalar.getTag().equals(Tag.STR)
            ? "the text '"
            : scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT)
                ? "the number '"
                : "the value '";
    return kind + scalar.getValue() + "'";
  }

  private static String quotingHint(Node node, Set<Tag> tags) {
    return tags.contains(Tag.STR) && node instanceof ScalarNode scalar
        ? "; write it in quotes: \"" + scalar.getValue() + "\""
        : "";
  }

  private static int parseInt(String text) {
    long value = parseLong(text);
    InvalidValueException.unless(
        value == (int) value, text + " is out of range; allowed is a 32-bit number");
    return (int) value;
  }

  private static long parseLong(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidValueException(
          text + " is out of range; allowed is a decimal number of at most 64 bits");
    }
  }

  private static Instant parseTime(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new InvalidValueException(
          "'" + text + "' is no time; allowed is the form 2026-01-31T12:00:00Z");
    }
  }
}

package dev.leat.crds.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Builds a YAML mapping, field by field. Fields without a value are left out. */
final class YamlTree {
  // Text that every YAML parser takes for text, those of YAML 1.1 (as kubectl's) included: no
  // number, no time, no yes or no.
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9._/-]*|\\d+(?:w|d|h|m|s|ms|Ki|Mi|Gi|Ti)");
  private static final Set<String> WORDS =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private final List<NodeTuple> tuples = new ArrayList<>();

  /** Adds text, quoted where that is needed. */
  YamlTree text(String name, String value) {
    return add(name, textNode(value));
  }

  /** Adds text unless it is absent. */
  YamlTree text(String name, Optional<?> value) {
    value.ifPresent(present -> text(name, present.toString()));
    return this;
  }

  /** Adds text unless it is empty. */
  YamlTree textUnlessEmpty(String name, String value) {
    return value.isEmpty() ? this : text(name, value);
  }

  /** Adds a number. */
  YamlTree number(String name, long value) {
    return add(name, numberNode(value));
  }

  /** Adds a number unless it is 0. */
  YamlTree numberUnlessZero(String name, long value) {
    return value == 0 ? this : number(name, value);
  }

  /** Adds true or false. */
  YamlTree bool(String name, boolean value) {
    return add(name, new ScalarNode(Tag.BOOL, Boolean.toString(value), ScalarStyle.PLAIN));
  }

  /** Adds a mapping unless it is empty. */
  YamlTree fields(String name, YamlTree value) {
    return value.tuples.isEmpty() ? this : add(name, value.toNode(FlowStyle.BLOCK));
  }

  /** Adds a mapping of texts unless it is empty. */
  YamlTree texts(String name, Map<String, String> values) {
    YamlTree tree = new YamlTree();
    values.forEach(tree::text);
    return fields(name, tree);
  }

  /** Adds a list of texts, on one line, unless it is empty. */
  YamlTree texts(String name, List<String> values) {
    List<Node> items = values.stream().map(YamlTree::textNode).toList();
    return items.isEmpty() ? this : add(name, new SequenceNode(Tag.SEQ, items, FlowStyle.FLOW));
  }

  /** Adds a list of numbers, on one line. */
  YamlTree numbers(String name, List<Integer> values) {
    List<Node> items = values.stream().map(YamlTree::numberNode).toList();
    return add(name, new SequenceNode(Tag.SEQ, items, FlowStyle.FLOW));
  }

  /** Adds a list of mappings unless it is empty; FLOW puts each item on a line of its own. */
  YamlTree list(String name, List<YamlTree> values, FlowStyle itemStyle) {
    List<Node> items = values.stream().map(value -> value.toNode(itemStyle)).toList();
    return items.isEmpty() ? this : add(name, new SequenceNode(Tag.SEQ, items, FlowStyle.BLOCK));
  }

  /** The mapping. */
  Node toNode(FlowStyle style) {
    return new MappingNode(Tag.MAP, tuples, style);
  }

  private YamlTree add(String name, Node value) {
    tuples.add(new NodeTuple(textNode(name), value));
    return this;
  }

  private static Node textNode(String value) {
    boolean plain =
        PLAIN.matcher(value).matches() && !WORDS.contains(value.toLowerCase(Locale.ROOT));
    ScalarStyle style = plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
    return new ScalarNode(Tag.STR, value, style);
  }

  private static Node numberNode(long value) {
    return new ScalarNode(Tag.INT, Long.toString(value), ScalarStyle.PLAIN);
  }
}

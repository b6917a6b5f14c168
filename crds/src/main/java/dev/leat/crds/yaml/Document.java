package dev.leat.crds.yaml;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** One YAML document while it is read: its problems, and the fields it gives. */
final class Document {
  private final String file;
  private final boolean lenient;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> given = new LinkedHashSet<>();

  Document(String file, boolean lenient) {
    this.file = file;
    this.lenient = lenient;
  }

  /** Whether fields that nobody knows are let pass: a newer version of Leat may know them. */
  boolean lenient() {
    return lenient;
  }

  static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  void problem(int line, String field, String message) {
    problems.add(new Problem(file, line, field, message));
  }

  void given(String path) {
    given.add(path);
  }

  String file() {
    return file;
  }

  List<Problem> problems() {
    return problems;
  }

  Set<String> given() {
    return given;
  }
}

package dev.leat.broker.state;

import dev.leat.crds.yaml.Problem;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Files of a store cannot be read as what they should be: damaged, or edited by hand. */
public final class DamagedResourcesException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  DamagedResourcesException(List<Problem> problems) {
    super(
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n"))
            + "\nmend the files, or move them away, and start again");
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, by file, line and field. */
  public List<Problem> problems() {
    return problems;
  }
}

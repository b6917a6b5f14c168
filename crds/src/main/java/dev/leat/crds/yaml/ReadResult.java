package dev.leat.crds.yaml;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What reading a file gave. A resource with a problem is not among the manifests.
 *
 * @param manifests in the order of the file
 * @param problems in the order of the lines
 */
public record ReadResult(List<Manifest> manifests, List<Problem> problems) {
  /** Copies, and sorts. */
  public ReadResult {
    manifests = List.copyOf(manifests);
    problems = problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
  }

  /** Whether everything in the file was readable. */
  public boolean isComplete() {
    return problems.isEmpty();
  }

  /** All problems, one a line. */
  public String problemText() {
    return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
  }
}

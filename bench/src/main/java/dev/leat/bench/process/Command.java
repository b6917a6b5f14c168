package dev.leat.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to start, and where its output goes.
 *
 * @param words program and arguments
 * @param environment set on top of the environment of this process
 * @param log file that receives standard output and standard error
 * @param output what becomes of standard output
 */
public record Command(
    List<String> words, Map<String, String> environment, Path log, Output output) {

  /** What becomes of standard output. */
  public enum Output {
    /** Read as lines; standard error goes to the log file only. */
    LINES,
    /** Read as lines together with standard error. */
    LINES_AND_ERRORS,
    /** Never read: the child blocks as soon as the pipe is full. */
    STALLED
  }

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** A command whose standard output is read as lines. */
  public static Command of(Path log, List<String> words) {
    return new Command(words, Map.of(), log, Output.LINES);
  }

  /** The same with further arguments. */
  public Command plus(List<String> more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(more);
    return new Command(all, environment, log, output);
  }

  /** The same with a variable of the environment. */
  public Command with(String variable, String value) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put(variable, value);
    return new Command(words, all, log, output);
  }

  /** The same with other treatment of its standard output. */
  public Command with(Output other) {
    return new Command(words, environment, log, other);
  }

  /** The program without its directory, for messages. */
  public String program() {
    return String.valueOf(Path.of(words.getFirst()).getFileName());
  }
}

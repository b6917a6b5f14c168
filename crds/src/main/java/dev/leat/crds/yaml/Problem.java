package dev.leat.crds.yaml;

/**
 * Something in a YAML file that cannot be taken as it is.
 *
 * @param file the file, as its reader was told
 * @param line from 1
 * @param field path of the field, as in {@code spec.retention.time}; empty: the file itself
 * @param message what is wrong, what is allowed
 */
public record Problem(String file, int line, String field, String message) {
  /** {@code FILE:LINE: FIELD: what is wrong, what is allowed}. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + (field.isEmpty() ? "" : field + ": ") + message;
  }
}

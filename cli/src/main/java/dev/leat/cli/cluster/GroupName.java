package dev.leat.cli.cluster;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Replica groups as people write them: {@code REPLICAS/INDEX}, or the number of the API. */
final class GroupName implements ITypeConverter<Integer> {
  private static final int INDEX_BITS = 12;
  private static final int MAX_REPLICAS = 15;
  private static final int MAX_INDEX = (1 << INDEX_BITS) - 1;

  /** The name of a group. */
  static String of(int group) {
    return (group >>> INDEX_BITS) + "/" + (group & MAX_INDEX);
  }

  @Override
  public Integer convert(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 2) {
        return inRange(Integer.parseInt(parts[0]), MAX_REPLICAS) << INDEX_BITS
            | inRange(Integer.parseInt(parts[1]), MAX_INDEX);
      }
      return inRange(Integer.parseInt(text), MAX_REPLICAS << INDEX_BITS | MAX_INDEX);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' is no replica group; allowed is REPLICAS/INDEX, as in 3/17");
    }
  }

  private static int inRange(int value, int max) {
    if (value < 0 || value > max) {
      throw new NumberFormatException();
    }
    return value;
  }
}

package dev.leat.crds.value;

import java.util.Set;
import java.util.regex.Pattern;

/** Names of topics: every name that Kafka allows. */
public final class TopicNames {
  /** Kafka's limit, in characters. */
  public static final int MAX_LENGTH = 249;

  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_LENGTH + "}");

  /** Kafka's names of the topics that brokers keep their own state in. */
  private static final Set<String> INTERNAL =
      Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

  private TopicNames() {}

  /** Whether only brokers may write to this topic. */
  public static boolean isInternal(String name) {
    return INTERNAL.contains(name);
  }

  /** Whether {@code name} may name a topic. */
  public static boolean isLegal(String name) {
    return LEGAL.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** Returns {@code name}; throws {@link InvalidValueException} if it may not name a topic. */
  public static String check(String name) {
    InvalidValueException.unless(
        isLegal(name),
        "'"
            + name
            + "' is no legal topic name; allowed are 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-',"
            + " and not '.' or '..' alone");
    return name;
  }
}

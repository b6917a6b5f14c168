package dev.leat.crds.value;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of Kubernetes objects (RFC 1123 subdomains), and the object name that belongs to a topic
 * name.
 */
public final class ObjectNames {
  /** Kubernetes' limit on object names, in characters. */
  public static final int MAX_NAME_LENGTH = 253;

  /** Kubernetes' limit on namespaces, which are single DNS labels. */
  public static final int MAX_NAMESPACE_LENGTH = 63;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final int HASH_BYTES = 4;
  // Leaves room for '-' and the hash below the limit on topic names.
  private static final int MAX_STEM_LENGTH = TopicNames.MAX_LENGTH - 1 - 2 * HASH_BYTES;

  private ObjectNames() {}

  /** Whether {@code name} may name an object. */
  public static boolean isLegal(String name) {
    return name.length() <= MAX_NAME_LENGTH && SUBDOMAIN.matcher(name).matches();
  }

  /** Returns {@code name}; throws {@link InvalidValueException} if it may not name an object. */
  public static String check(String name) {
    InvalidValueException.unless(
        isLegal(name),
        "'"
            + name
            + "' is no legal object name; allowed are at most 253 of a-z, 0-9, '-' and '.',"
            + " with a letter or digit at both ends"
            + (TopicNames.isLegal(name)
                ? " (a topic of that name: give it in spec.topicName, with name "
                    + ofTopic(name)
                    + ")"
                : ""));
    return name;
  }

  /** Returns {@code namespace}; throws {@link InvalidValueException} if it may not name one. */
  public static String checkNamespace(String namespace) {
    InvalidValueException.unless(
        namespace.length() <= MAX_NAMESPACE_LENGTH && LABEL.matcher(namespace).matches(),
        "'"
            + namespace
            + "' is no legal namespace; allowed are at most 63 of a-z, 0-9 and '-', with a letter"
            + " or digit at both ends");
    return namespace;
  }

  /**
   * The object name for a topic: its own name if that is legal, else that in lower case, with '-'
   * for what is not allowed, and a hash of the name, so that {@code a_b} and {@code A-b} differ.
   */
  public static String ofTopic(String topicName) {
    if (isLegal(topicName)) {
      return topicName;
    }
    String stem =
        topicName
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9.]+", "-")
            .replaceAll("[-.]*\\.[-.]*", ".")
            .replaceAll("^[-.]+", "");
    String head = stem.substring(0, Math.min(stem.length(), MAX_STEM_LENGTH));
    String trimmed = head.replaceAll("[-.]+$", "");
    return (trimmed.isEmpty() ? "topic" : trimmed) + "-" + shortHash(topicName);
  }

  private static String shortHash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

package dev.leat.api.rpc;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The name of a topic together with its UTF-8 form, so that it is encoded once only. */
public final class TopicName {

  private final String value;
  private final byte[] utf8;

  private TopicName(String value, byte[] utf8) {
    this.value = value;
    this.utf8 = utf8;
  }

  /** With the given text. */
  public static TopicName of(String value) {
    return new TopicName(value, value.getBytes(StandardCharsets.UTF_8));
  }

  /** The text. */
  public String value() {
    return value;
  }

  /** The text in UTF-8; not to be changed. */
  byte[] utf8() {
    return utf8;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TopicName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}

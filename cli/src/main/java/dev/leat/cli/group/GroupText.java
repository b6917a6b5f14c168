package dev.leat.cli.group;

import dev.leat.cli.console.JsonObject;
import dev.leat.client.admin.GroupListing;

/** Groups as the commands print them. */
final class GroupText {
  /** What is not known. */
  static final String UNKNOWN = "-";

  private GroupText() {}

  static JsonObject json(GroupListing group) {
    return new JsonObject()
        .put("group", group.group())
        .put("type", group.type())
        .put("state", group.state());
  }

  static String known(long value) {
    return value < 0 ? UNKNOWN : Long.toString(value);
  }
}

package dev.leat.broker.control.coordination;

/**
 * Which format version may be written: the newest that all brokers of the cluster speak. Never goes
 * back. So an upgrade rolls, and can be rolled back until the last broker has it.
 */
final class Formats {
  private final Outbox out;
  private final Members members;
  private int format;

  Formats(Outbox out, Members members, int format) {
    this.out = out;
    this.members = members;
    this.format = Math.max(format, out.self().minFormat());
  }

  int format() {
    return format;
  }

  /** What the store says. */
  void adopt(int version) {
    if (version > out.self().maxFormat()) {
      out.emit(
          new CoordinationEffect.Exit(
              "the cluster writes format %d, this broker reads up to %d: upgrade it"
                  .formatted(version, out.self().maxFormat())));
      return;
    }
    format = Math.max(format, version);
  }

  /** Raises it if all brokers, and no less than are expected, speak a newer one. */
  void run(int expected) {
    int newest = Integer.MAX_VALUE;
    int heard = 0;
    for (Member member : members.all()) {
      Hello hello = member.hello();
      if (hello == null || !member.isLinked()) {
        return;
      }
      heard++;
      newest = Math.min(newest, hello.maxFormat());
    }
    if (expected > 0 && heard >= expected && newest > format) {
      out.info("format %d is written from now on: all brokers speak it", newest);
      format = newest;
    }
  }
}

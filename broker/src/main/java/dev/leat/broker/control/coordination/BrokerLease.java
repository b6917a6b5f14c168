package dev.leat.broker.control.coordination;

import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The Leases {@code <cluster>-broker-<n>}: for people and operators a sign of life, for brokers the
 * place where they find each other. A hint. The controller marks a fenced broker in its Lease.
 */
final class BrokerLease {
  /** Annotation with the address of the broker's peer listener. */
  static final String ADDRESS = "leat.dev/peer-address";

  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

  private final Outbox out;
  private final Members members;
  private final LeaseCell own;
  private final Map<Integer, Mark> marks = new TreeMap<>();
  private long nextMs;

  /** A mark to be written, best effort. */
  private record Mark(LeaseCell cell, String text) {}

  BrokerLease(Outbox out, Members members) {
    this.out = out;
    this.members = members;
    this.own = new LeaseCell(out, nameOf(out.me()));
  }

  private ResourceName nameOf(int broker) {
    ResourceName cluster = out.settings().cluster();
    return new ResourceName(cluster.namespace(), cluster.name() + "-broker-" + broker);
  }

  void run() {
    if (!own.isBusy() && out.isDue(nextMs)) {
      nextMs = out.now() + out.timing().brokerLeaseRetry();
      refresh();
    }
    out.wakeAt(nextMs);
    for (Mark mark : marks.values()) {
      if (!mark.cell().isBusy()) {
        step(mark);
      }
    }
  }

  private void refresh() {
    if (own.isKnown()) {
      String holder = Holder.of(out.self()).toString();
      own.write(
          holder,
          out.timing().brokerLeaseDuration(),
          own.seen() == null,
          Map.of(ADDRESS, out.self().addresses().peer()));
    } else {
      own.read();
    }
  }

  /** The controller has fenced a broker: its Lease says so, for {@code kubectl get leases -w}. */
  void mark(int broker, String text) {
    marks.put(broker, new Mark(new LeaseCell(out, nameOf(broker)), text));
  }

  private void step(Mark mark) {
    if (!mark.cell().isKnown()) {
      mark.cell().read();
    } else if (mark.cell().seen() != null) {
      mark.cell()
          .write("FENCED: " + mark.text(), out.timing().brokerLeaseDuration(), false, Map.of());
    }
  }

  void onAnswer(CoordinationEvent.LeaseAnswered event) {
    own.answered(event)
        .ifPresent(
            answer -> {
              boolean again =
                  answer == LeaseCell.Answer.READ || answer == LeaseCell.Answer.CONFLICT;
              nextMs = again ? out.now() : nextMs;
            });
    marks
        .values()
        .removeIf(
            mark ->
                mark.cell()
                    .answered(event)
                    .filter(answer -> isOver(mark.cell(), answer))
                    .isPresent());
  }

  private static boolean isOver(LeaseCell cell, LeaseCell.Answer answer) {
    return answer == LeaseCell.Answer.WRITTEN
        || answer == LeaseCell.Answer.NONE
        || cell.seen() == null;
  }

  /** The watch tells where brokers are. */
  void onWatched(WatchEvent<Lease> event) {
    switch (event) {
      case WatchEvent.Snapshot<Lease> snapshot -> snapshot.resources().forEach(this::learn);
      case WatchEvent.Changed<Lease>(Lease lease) -> learn(lease);
      case WatchEvent.Deleted<Lease> deleted -> {}
      case WatchEvent.Interrupted<Lease> interrupted -> {}
    }
  }

  private void learn(Lease lease) {
    ResourceName cluster = out.settings().cluster();
    String address = lease.metadata().annotations().getOrDefault(ADDRESS, "");
    String prefix = cluster.name() + "-broker-";
    String name = lease.metadata().name();
    if (lease.metadata().namespace().equals(cluster.namespace()) && name.startsWith(prefix)) {
      String number = name.substring(prefix.length());
      if (NUMBER.matcher(number).matches()) {
        members.hint(Integer.parseInt(number), address);
      }
    }
  }
}

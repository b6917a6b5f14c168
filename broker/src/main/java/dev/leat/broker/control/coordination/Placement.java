package dev.leat.broker.control.coordination;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where replicas go: evenly over brokers, and no two in one zone if that can be. */
final class Placement {
  private final List<Site> sites;
  private final Map<Integer, Integer> load = new HashMap<>();

  /**
   * A broker that can take replicas.
   *
   * @param broker which one
   * @param zone failure domain; empty: it shares none with anybody
   */
  record Site(int broker, String zone) {
    boolean sharesZone(Site other) {
      return !zone.isEmpty() && zone.equals(other.zone);
    }
  }

  Placement(List<Site> sites) {
    this.sites = List.copyOf(sites);
  }

  /**
   * As things are: brokers that can be used, and what groups of a class want of them.
   *
   * @param replicas which class: each is spread by itself, so that any mix of classes is even
   */
  static Placement current(int replicas, Members members, Fences fences, Intents intents) {
    List<Site> sites = new ArrayList<>();
    for (Member member : members.linked()) {
      Hello hello = member.hello();
      if (hello != null && fences.stateOf(member.id()) == BrokerState.UP) {
        sites.add(new Site(member.id(), hello.zone()));
      }
    }
    Placement placement = new Placement(sites);
    intents.all().entrySet().stream()
        .filter(each -> each.getKey().replicas() == replicas)
        .forEach(each -> each.getValue().voters().forEach(placement::add));
    return placement;
  }

  /** A broker has one more replica. */
  void add(int broker) {
    load.merge(broker, 1, Integer::sum);
  }

  /** A broker has one less. */
  void remove(int broker) {
    load.merge(broker, -1, Integer::sum);
  }

  int load(int broker) {
    return load.getOrDefault(broker, 0);
  }

  int size() {
    return sites.size();
  }

  List<Integer> brokers() {
    return sites.stream().map(Site::broker).toList();
  }

  /** Whether {@code to} in place of {@code from} shares no zone with the rest if that did not. */
  boolean isNoWorse(List<Integer> brokers, int from, int to) {
    List<Site> rest =
        sites.stream()
            .filter(site -> brokers.contains(site.broker()) && site.broker() != from)
            .toList();
    return sharing(site(to), rest) <= sharing(site(from), rest);
  }

  private Site site(int broker) {
    return sites.stream()
        .filter(site -> site.broker() == broker)
        .findFirst()
        .orElse(new Site(broker, ""));
  }

  /** Brokers for a new group, and counts them; fewer than asked for if there are no more. */
  List<Integer> choose(int replicas) {
    List<Site> chosen = new ArrayList<>();
    while (chosen.size() < Math.min(replicas, sites.size())) {
      chosen.add(best(chosen));
    }
    chosen.forEach(site -> add(site.broker()));
    return chosen.stream().map(Site::broker).sorted().toList();
  }

  /** One more broker beside those that a group has; -1 if there is none. */
  int chooseBeside(List<Integer> brokers) {
    List<Site> taken = sites.stream().filter(site -> brokers.contains(site.broker())).toList();
    List<Site> all = new ArrayList<>(taken);
    if (sites.size() == taken.size()) {
      return -1;
    }
    return best(all).broker();
  }

  private Site best(List<Site> taken) {
    return sites.stream()
        .filter(site -> !taken.contains(site))
        .min(
            Comparator.<Site>comparingLong(site -> sharing(site, taken))
                .thenComparing(site -> load(site.broker()))
                .thenComparing(Site::broker))
        .orElseThrow();
  }

  private static long sharing(Site site, List<Site> taken) {
    return taken.stream().filter(site::sharesZone).count();
  }
}

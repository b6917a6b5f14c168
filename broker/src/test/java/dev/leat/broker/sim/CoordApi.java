package dev.leat.broker.sim;

import dev.leat.broker.control.ResourceTable;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.Verb;
import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Lease;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The Kubernetes API as it is on a bad day: compare-and-set of single objects is all it promises.
 * Answers come late or not at all, whether or not a write was done; it refuses for a while; watches
 * lag, repeat, skip and travel back in time; objects are deleted, edited, restored from a backup.
 */
final class CoordApi {
  private static final long TIMEOUT_US = 600_000;

  private final SimClock clock;
  private final Sometimes sometimes;
  private final ResourceTable table;
  private final Set<Integer> cutOff = new HashSet<>();
  private final List<ClusterState> history = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private long version;
  private boolean down;
  private double loss;
  private double busy;
  private double travel;
  private long stateWrites;
  private long leaseWrites;
  private long calls;

  private record Watcher(
      int client, Consumer<WatchEvent<Lease>> leases, Consumer<WatchEvent<ClusterState>> states) {}

  CoordApi(SimClock clock, Sometimes sometimes) {
    this.clock = clock;
    this.sometimes = sometimes;
    table =
        new ResourceTable(
            List.of(), () -> String.valueOf(++version), () -> "uid-" + ++version, 200);
  }

  void setWeather(double lossRate, double busyRate, double travelRate) {
    loss = lossRate;
    busy = busyRate;
    travel = travelRate;
  }

  /** Nobody gets an answer. */
  void setDown(boolean isDown) {
    down = isDown;
  }

  boolean isDown() {
    return down;
  }

  /** One client gets no answers. */
  void cutOff(int client) {
    cutOff.add(client);
  }

  void mend() {
    down = false;
    cutOff.clear();
    setWeather(0, 0, 0);
  }

  /** Writes of ClusterState that were done. */
  long stateWrites() {
    return stateWrites;
  }

  long leaseWrites() {
    return leaseWrites;
  }

  long calls() {
    return calls;
  }

  ClusterState state(ResourceName name) {
    return table.get(Kind.CLUSTER_STATE, name).orElse(null);
  }

  Lease lease(ResourceName name) {
    return table.get(Kind.LEASE, name).orElse(null);
  }

  <R extends Resource<R>> void get(
      int client, Kind<R> kind, ResourceName name, Consumer<StoreOutcome<R>> answer) {
    call(
        client,
        () ->
            table
                .get(kind, name)
                .<StoreOutcome<R>>map(StoreOutcome.Ok::new)
                .orElseGet(StoreOutcome.NotFound::new),
        answer);
  }

  <R extends Resource<R>> void write(
      int client, Verb verb, R resource, Consumer<StoreOutcome<R>> answer) {
    call(client, () -> write(verb, resource), answer);
  }

  private <R extends Resource<R>> StoreOutcome<R> write(Verb verb, R resource) {
    StoreOutcome<R> outcome = table.write(verb, resource, Instant.ofEpochMilli(0));
    List<WatchEvent<?>> events = table.publish();
    if (outcome instanceof StoreOutcome.Ok<R>(R stored)) {
      if (stored instanceof ClusterState state) {
        stateWrites++;
        history.add(state);
      } else {
        leaseWrites++;
      }
    }
    events.forEach(this::tellWatchers);
    return outcome;
  }

  private <T> void call(
      int client, java.util.function.Supplier<StoreOutcome<T>> work, Consumer<StoreOutcome<T>> to) {
    calls++;
    boolean lostBefore = down || cutOff.contains(client) || clock.chance(loss);
    boolean lostAfter = clock.chance(loss);
    if (clock.chance(busy)) {
      sometimes.happened("api 429");
      StoreOutcome<T> later =
          new StoreOutcome.Unreachable<>("429", Duration.ofMillis(clock.pick(2_000)));
      clock.after(clock.between(1_000, 5_000), () -> to.accept(later));
      return;
    }
    StoreOutcome<T> timeout = new StoreOutcome.Unreachable<>("no answer", Duration.ZERO);
    if (lostBefore) {
      clock.after(TIMEOUT_US, () -> to.accept(timeout));
      return;
    }
    long slow = clock.chance(0.05) ? 200_000 : 8_000;
    clock.after(
        clock.between(500, slow),
        () -> {
          StoreOutcome<T> outcome = work.get();
          if (lostAfter || down) {
            if (outcome instanceof StoreOutcome.Ok<T>) {
              sometimes.happened("api answer lost");
            }
            clock.after(TIMEOUT_US, () -> to.accept(timeout));
          } else {
            clock.after(clock.between(500, slow), () -> to.accept(outcome));
          }
        });
  }

  void watch(
      int client, Consumer<WatchEvent<Lease>> leases, Consumer<WatchEvent<ClusterState>> states) {
    watchers.add(new Watcher(client, leases, states));
    WatchEvent.Snapshot<Lease> all = new WatchEvent.Snapshot<>(Kind.LEASE, table.list(Kind.LEASE));
    clock.after(clock.between(1_000, 20_000), () -> leases.accept(all));
  }

  private void tellWatchers(WatchEvent<?> event) {
    for (Watcher watcher : watchers) {
      boolean slow = clock.chance(travel);
      long lag = slow ? 3_000_000 : 50_000;
      int times = slow ? 2 : 1;
      for (int i = 0; i < times; i++) {
        clock.after(
            clock.between(1_000, lag),
            () -> {
              if (!down && !cutOff.contains(watcher.client())) {
                tell(watcher, event);
              }
            });
      }
    }
  }

  private void tell(Watcher watcher, WatchEvent<?> event) {
    if (event instanceof WatchEvent.Changed<?> changed) {
      if (changed.resource() instanceof Lease lease) {
        watcher.leases().accept(new WatchEvent.Changed<>(lease));
      } else if (changed.resource() instanceof ClusterState state) {
        watcher.states().accept(new WatchEvent.Changed<>(state));
      }
    }
  }

  /** Somebody deletes the ClusterState. */
  void deleteState(ResourceName name) {
    Optional<ClusterState> state = table.get(Kind.CLUSTER_STATE, name);
    state.ifPresent(
        found -> {
          sometimes.happened("state deleted");
          write(Verb.DELETE, found);
        });
  }

  /** Somebody deletes a Lease. */
  void deleteLease(ResourceName name) {
    table
        .get(Kind.LEASE, name)
        .ifPresent(
            found -> {
              sometimes.happened("lease deleted");
              write(Verb.DELETE, found);
            });
  }

  /** The state is put back to what it was. */
  void restoreState(ResourceName name) {
    Optional<ClusterState> state = table.get(Kind.CLUSTER_STATE, name);
    if (state.isPresent() && history.size() > 1) {
      sometimes.happened("state restored");
      ClusterState old = history.get(clock.pick(history.size()));
      write(Verb.UPDATE, state.get().withStatus(old.status()));
    }
  }

  /** Somebody writes nonsense into the state. */
  void editState(ResourceName name) {
    Optional<ClusterState> state = table.get(Kind.CLUSTER_STATE, name);
    if (state.isEmpty()) {
      return;
    }
    sometimes.happened("state edited");
    List<ClusterState.Group> groups = new ArrayList<>();
    for (ClusterState.Group group : state.get().status().groups()) {
      boolean kept = clock.chance(0.7);
      groups.add(
          new ClusterState.Group(
              group.id(),
              kept ? group.phase() : ClusterState.GroupPhase.CREATING,
              clock.chance(0.9) ? group.history() : "00000000000000ff",
              clock.pick(1_000),
              clock.pick(5),
              group.voters()));
    }
    ClusterState.Status status = state.get().status();
    write(
        Verb.UPDATE,
        state
            .get()
            .withStatus(
                new ClusterState.Status(
                    status.clusterId(), status.version(), status.brokers(), groups)));
  }
}

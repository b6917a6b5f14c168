package dev.leat.crds;

import java.time.Instant;
import java.util.Optional;

/**
 * Kubernetes' Lease: the sign of life of a broker, or who is controller. A hint, never authority.
 *
 * @param metadata name, version and marks
 * @param spec who holds it, and since when
 */
public record Lease(ObjectMeta metadata, Spec spec) implements Resource<Lease> {
  /** One that was never stored. */
  public static Lease of(ResourceName name, Spec spec) {
    return new Lease(ObjectMeta.of(name), spec);
  }

  @Override
  public Kind<Lease> kind() {
    return Kind.LEASE;
  }

  @Override
  public Lease withMetadata(ObjectMeta other) {
    return new Lease(other, spec);
  }

  @Override
  public Lease withStatusOf(Lease other) {
    return this;
  }

  @Override
  public Lease withoutStatus() {
    return this;
  }

  @Override
  public boolean hasSpecOf(Lease other) {
    return spec.equals(other.spec);
  }

  /** The same with another spec. */
  public Lease withSpec(Spec other) {
    return new Lease(metadata, other);
  }

  /**
   * Who holds a lease. The times are the holder's wall clock: for people, not for decisions.
   *
   * @param holderIdentity the holder; empty: nobody
   * @param leaseDurationSeconds how long after a renewal others should wait
   * @param acquireTime when this holder got it
   * @param renewTime when it was last renewed
   * @param leaseTransitions how often the holder changed
   */
  public record Spec(
      Optional<String> holderIdentity,
      int leaseDurationSeconds,
      Optional<Instant> acquireTime,
      Optional<Instant> renewTime,
      int leaseTransitions) {}
}

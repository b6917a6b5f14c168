package dev.leat.crds.yaml;

import dev.leat.crds.Lease;
import dev.leat.crds.ObjectMeta;

/** Reads Leases. */
final class LeaseReader {
  private LeaseReader() {}

  static Lease read(Fields resource, ObjectMeta metadata) {
    Fields fields = resource.fields("spec");
    Lease.Spec spec =
        new Lease.Spec(
            fields.text("holderIdentity"),
            fields.integer("leaseDurationSeconds").orElse(0),
            fields.time("acquireTime"),
            fields.time("renewTime"),
            fields.integer("leaseTransitions").orElse(0));
    fields.ignore("strategy", "preferredHolder");
    fields.finish();
    return new Lease(metadata, spec);
  }
}

package dev.leat.client.internal.net;

import dev.leat.client.Position;
import dev.leat.v1.Isolation;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;

/** Positions in the words of the protocol. */
public final class OffsetSpecs {

  private OffsetSpecs() {}

  /** An isolation in the words of the protocol. */
  public static Isolation of(dev.leat.client.Isolation isolation) {
    return switch (isolation) {
      case READ_COMMITTED -> Isolation.ISOLATION_UNSPECIFIED;
      case READ_UNCOMMITTED -> Isolation.ISOLATION_READ_UNCOMMITTED;
    };
  }

  /** A position in the words of the protocol. */
  static OffsetSpec of(Position position) {
    OffsetSpec.Builder spec = OffsetSpec.newBuilder();
    return switch (position) {
      case Position.Earliest earliest -> spec.setNamed(NamedOffset.NAMED_OFFSET_EARLIEST).build();
      case Position.Latest latest -> spec.setNamed(NamedOffset.NAMED_OFFSET_UNSPECIFIED).build();
      case Position.At at -> spec.setOffset(at.offset()).build();
      case Position.Since since -> spec.setTimestamp(since.time().toEpochMilli()).build();
    };
  }
}

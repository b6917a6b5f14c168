package dev.leat.api.batch;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One named value of a record. Names may repeat within a record, and their order is kept. Equal
 * when name and bytes are; the bytes are not copied and must not be changed.
 *
 * @param name any text, in UTF-8 on the wire
 * @param value any bytes; absent is not the same as empty
 */
// An array, as keys and values are; equality is that of the bytes.
@SuppressWarnings("ArrayRecordComponent")
public record RecordHeader(String name, byte @Nullable [] value) {

  /** Checks that there is a name. */
  public RecordHeader {
    Objects.requireNonNull(name, "name");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordHeader header
        && name.equals(header.name)
        && Arrays.equals(value, header.value);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return name + "=" + (value == null ? "null" : value.length + " bytes");
  }
}

package dev.leat.broker.state;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import dev.leat.crds.yaml.ResourceWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How {@link StateServer} and {@link RemoteStateStore} write resources one after the other: {@code
 * type(1) length(4) YAML}. A list is {@code BEGIN ITEM* END}; a watch is a list, then {@code
 * CHANGED | DELETED | PING}.
 */
final class ResourceFrames {
  /** What a frame says. */
  enum Type {
    /** A list begins. */
    BEGIN,
    /** A resource of the list. */
    ITEM,
    /** The list is complete. */
    END,
    /** A resource is new or has changed. */
    CHANGED,
    /** A resource is gone. */
    DELETED,
    /** Nothing has happened. */
    PING
  }

  private static final Type[] TYPES = Type.values();

  private ResourceFrames() {}

  /**
   * A frame.
   *
   * @param resource what it is about; null if its type says all
   */
  record Frame<R>(Type type, @Nullable R resource) {}

  static byte[] yaml(Resource<?> resource) {
    return ResourceWriter.write(resource).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The one resource in {@code yaml}.
   *
   * @throws IOException if there is another number of them, or of another kind
   */
  static <R extends Resource<R>> R resource(Kind<R> kind, byte[] yaml) throws IOException {
    ReadResult result = ResourceReader.ofStored().read(kind.name(), yaml);
    if (!result.isComplete()) {
      throw new IOException(result.problemText());
    }
    if (result.manifests().size() != 1
        || !kind.type().isInstance(result.manifests().getFirst().resource())) {
      throw new IOException("one " + kind + " was expected");
    }
    return kind.type().cast(result.manifests().getFirst().resource());
  }

  static void write(DataOutputStream to, Type type) throws IOException {
    to.writeByte(type.ordinal());
    to.writeInt(0);
  }

  static void write(DataOutputStream to, Type type, Resource<?> resource) throws IOException {
    byte[] yaml = yaml(resource);
    to.writeByte(type.ordinal());
    to.writeInt(yaml.length);
    to.write(yaml);
  }

  static <R extends Resource<R>> Frame<R> read(DataInputStream from, Kind<R> kind)
      throws IOException {
    int code = from.readByte();
    int length = from.readInt();
    if (code < 0 || code >= TYPES.length || length < 0 || length > ResourceReader.MAX_LENGTH) {
      throw new IOException("a frame of type " + code + " and " + length + " bytes");
    }
    Type type = TYPES[code];
    if (length == 0) {
      return new Frame<>(type, null);
    }
    byte[] yaml = from.readNBytes(length);
    if (yaml.length < length) {
      throw new EOFException("a frame is cut short");
    }
    return new Frame<>(type, resource(kind, yaml));
  }
}

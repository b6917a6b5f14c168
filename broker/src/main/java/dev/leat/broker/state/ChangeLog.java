package dev.leat.broker.state;

import dev.leat.broker.control.ResourceKey;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.yaml.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Changes that are durable here before they reach the files of the resources, so that a batch costs
 * one sync, however many files it changes.
 *
 * <pre>
 *   frame*     one for each batch; big-endian
 *     magic    8  "LEATCHG1"
 *     length   4  of the payload
 *     crc      4  CRC32C of the payload
 *     payload     changes (4), then for each: kind, namespace, name (each 2 + UTF-8),
 *                 present (1), and if present: text (4 + UTF-8)
 * </pre>
 *
 * <p>A frame is written only after the one before it is durable, so only the last one can be torn;
 * it was not acknowledged. A bad frame with a good one behind it is damage.
 */
final class ChangeLog {
  private static final String FILE_NAME = "changes.log";
  private static final long MAGIC = 0x4c45_4154_4348_4731L;
  private static final int HEADER_BYTES = 16;

  private final Disk disk;
  private final Path file;
  private long end;

  private ChangeLog(Disk disk, Path file, long end) {
    this.disk = disk;
    this.file = file;
    this.end = end;
  }

  /**
   * Opens the log in {@code directory}, and puts all changes in it, in order, into {@code into}.
   */
  static ChangeLog open(Disk disk, Path directory, List<Change> into) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    if (!disk.exists(file)) {
      disk.writeAt(file, 0, new byte[0]);
      disk.syncDirectory(directory);
      return new ChangeLog(disk, file, 0);
    }
    ByteBuffer content = ByteBuffer.wrap(disk.read(file));
    int end = 0;
    for (Optional<byte[]> payload = frame(content, 0);
        payload.isPresent();
        payload = frame(content, end)) {
      into.addAll(decode(payload.get()));
      end += HEADER_BYTES + payload.get().length;
    }
    checkNothingFollows(file, content, end);
    disk.truncate(file, end);
    return new ChangeLog(disk, file, end);
  }

  private static void checkNothingFollows(Path file, ByteBuffer content, int end)
      throws DamagedResourcesException {
    for (int i = end + 1; i < content.limit() - HEADER_BYTES; i++) {
      if (frame(content, i).isPresent()) {
        String message =
            "is damaged at byte %d, and has changes from byte %d on; without it, the files beside"
                + " it are what is left";
        throw new DamagedResourcesException(
            List.of(new Problem(file.toString(), 1, "", message.formatted(end, i))));
      }
    }
  }

  private static Optional<byte[]> frame(ByteBuffer content, int position) {
    if (content.limit() - position < HEADER_BYTES || content.getLong(position) != MAGIC) {
      return Optional.empty();
    }
    int length = content.getInt(position + 8);
    if (length < 0 || length > content.limit() - position - HEADER_BYTES) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    content.get(position + HEADER_BYTES, payload);
    return content.getInt(position + 12) == crc(payload) ? Optional.of(payload) : Optional.empty();
  }

  /**
   * Makes changes durable.
   *
   * @throws NothingWrittenException if it failed and they will not be there later
   * @throws IOException if it failed and they may be there later
   */
  void append(List<Change> changes) throws IOException {
    byte[] payload = encode(changes);
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    frame.putLong(MAGIC).putInt(payload.length).putInt(crc(payload)).put(payload);
    try {
      disk.writeAt(file, end, frame.array());
    } catch (IOException e) {
      throw new NothingWrittenException(e);
    }
    disk.sync(file);
    end += frame.capacity();
  }

  /** Size in bytes. */
  long size() {
    return end;
  }

  /** Empties the log: all its changes are durable elsewhere. */
  void clear() throws IOException {
    disk.truncate(file, 0);
    disk.sync(file);
    end = 0;
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }

  private static byte[] encode(List<Change> changes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(changes.size());
    for (Change change : changes) {
      out.writeUTF(change.key().kind().plural());
      out.writeUTF(change.key().name().namespace());
      out.writeUTF(change.key().name().name());
      out.writeBoolean(change.text().isPresent());
      if (change.text().isPresent()) {
        byte[] text = change.text().get().getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
    }
    return bytes.toByteArray();
  }

  private static List<Change> decode(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    List<Change> changes = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      Kind<?> kind = kindOf(in.readUTF());
      ResourceKey key = new ResourceKey(kind, new ResourceName(in.readUTF(), in.readUTF()));
      Optional<String> text = Optional.empty();
      if (in.readBoolean()) {
        text = Optional.of(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
      }
      changes.add(new Change(key, text));
    }
    return changes;
  }

  private static Kind<?> kindOf(String plural) throws IOException {
    for (Kind<?> kind : Kind.ALL) {
      if (kind.plural().equals(plural)) {
        return kind;
      }
    }
    throw new IOException(FILE_NAME + " has the unknown kind " + plural + ": use a newer Leat");
  }
}

package dev.leat.broker.journal.store;

import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.DiskIdentity.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog knows of the disk itself: {@code diskId(16) doubt(1) length(2) volume count(2)
 * {start(8) nonce(8)}...}.
 *
 * @param diskId random; new whenever a doubt was settled
 * @param volume what the directory lay on at the last start; empty before the first
 * @param doubt why nothing on it may be counted on; null if there is no doubt
 * @param lossAccepted whether groups without another replica go on with what is here; the highest
 *     bit of the doubt
 * @param past the last starts
 */
public record DiskMark(
    UUID diskId,
    String volume,
    @Nullable Withdrawal doubt,
    boolean lossAccepted,
    List<Start> past) {
  private static final int FIXED_BYTES = 21;
  private static final int START_BYTES = 16;
  private static final int LOSS_ACCEPTED = 0x80;
  private static final String INODE = "inode ";

  /** A disk that nobody doubts. */
  static DiskMark sound(UUID diskId, String volume) {
    return new DiskMark(diskId, volume, null, false, List.of());
  }

  /** In doubt. */
  public DiskMark doubted(Withdrawal reason) {
    return new DiskMark(diskId, volume, reason, lossAccepted, past);
  }

  /** Restored from a copy by a person. */
  public DiskMark restored(boolean acceptLoss) {
    return new DiskMark(diskId, volume, Withdrawal.DISK_RESTORED, acceptLoss, past);
  }

  /** On this volume, in this start. */
  DiskMark on(String found, Start start) {
    return new DiskMark(diskId, found, doubt, lossAccepted, DiskIdentity.remember(past, start));
  }

  int sizeBytes() {
    return FIXED_BYTES + volume.getBytes(StandardCharsets.UTF_8).length + START_BYTES * past.size();
  }

  void write(ByteBuffer out) {
    byte[] name = volume.getBytes(StandardCharsets.UTF_8);
    out.putLong(diskId.getMostSignificantBits()).putLong(diskId.getLeastSignificantBits());
    int code = (doubt == null ? 0 : doubt.code()) | (lossAccepted ? LOSS_ACCEPTED : 0);
    out.put((byte) code).putShort((short) name.length).put(name);
    out.putShort((short) past.size());
    past.forEach(start -> out.putLong(start.number()).putLong(start.nonce()));
  }

  /** Reads it; a catalog of a release that did not write one ends before it. */
  static DiskMark read(ByteBuffer in, UUID storeId) {
    if (!in.hasRemaining()) {
      return sound(storeId, "");
    }
    UUID diskId = new UUID(in.getLong(), in.getLong());
    int code = in.get() & 0xff;
    byte[] name = new byte[in.getShort()];
    in.get(name);
    List<Start> past = new ArrayList<>();
    for (int left = in.getShort(); left > 0; left--) {
      past.add(new Start(in.getLong(), in.getLong()));
    }
    return new DiskMark(
        diskId,
        new String(name, StandardCharsets.UTF_8),
        Withdrawal.of(code & ~LOSS_ACCEPTED).orElse(null),
        (code & LOSS_ACCEPTED) != 0,
        past);
  }

  /**
   * What tells a directory from a copy of it: its inode and the time of its birth. Not the device's
   * number: that changes when the machine starts again.
   */
  static String volumeOf(Path directory) throws IOException {
    Map<String, Object> found = Files.readAttributes(directory, "unix:ino,creationTime");
    return INODE + "%s of %s".formatted(found.get("ino"), found.get("creationTime"));
  }

  /** Names of two kinds, of the directory and of whoever mounted it, cannot be compared. */
  boolean liesElsewhereThan(String found) {
    return !volume.isEmpty()
        && volume.startsWith(INODE) == found.startsWith(INODE)
        && !volume.equals(found);
  }
}

package dev.leat.broker.state;

import dev.leat.crds.Resource;
import dev.leat.crds.yaml.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Numbers that only grow, across restarts too. A file holds the highest that may have been given;
 * it is written once for very many of them, so what was given and then lost is never given again.
 */
final class ResourceVersions {
  /** Numbers that one write of the file makes free to give. */
  static final long RESERVED = 1_000_000;

  private static final String FILE_NAME = "resource-version";
  private static final String TEMPORARY_NAME = ".resource-version.tmp";

  private final Disk disk;
  private final Path directory;
  private long last;
  private long reserved;

  private ResourceVersions(Disk disk, Path directory, long last) {
    this.disk = disk;
    this.directory = directory;
    this.last = last;
    this.reserved = last;
  }

  /** Goes on above everything given before. */
  static ResourceVersions open(Disk disk, Path directory) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    return new ResourceVersions(disk, directory, disk.exists(file) ? read(disk, file) : 0);
  }

  /** Goes on above what {@code resources} have. */
  void goAbove(Collection<Resource<?>> resources) {
    for (Resource<?> resource : resources) {
      last = Math.max(last, numberOf(resource.metadata().resourceVersion()));
    }
    reserved = Math.max(reserved, last);
  }

  /** The number in a version that this class gave; 0 for any other text. */
  static long numberOf(String resourceVersion) {
    return resourceVersion.matches("\\d{1,18}") ? Long.parseLong(resourceVersion) : 0;
  }

  private static long read(Disk disk, Path file) throws IOException {
    String text = new String(disk.read(file), StandardCharsets.US_ASCII).strip();
    if (!text.matches("\\d{1,18}")) {
      String message = "'" + text + "' is no resource version; allowed is a number";
      throw new DamagedResourcesException(List.of(new Problem(file.toString(), 1, "", message)));
    }
    return Long.parseLong(text);
  }

  /** Makes sure that {@code count} numbers can be given without writing. */
  void reserve(int count) throws IOException {
    if (reserved - last >= count) {
      return;
    }
    long target = last + Math.max(RESERVED, count);
    Path temporary = directory.resolve(TEMPORARY_NAME);
    disk.write(temporary, (target + "\n").getBytes(StandardCharsets.US_ASCII));
    disk.sync(temporary);
    disk.rename(temporary, directory.resolve(FILE_NAME));
    disk.syncDirectory(directory);
    reserved = target;
  }

  /** The next number; {@link #reserve} must have covered it. */
  String next() {
    if (last == reserved) {
      throw new IllegalStateException("version " + (last + 1) + " was not reserved");
    }
    last++;
    return Long.toString(last);
  }
}

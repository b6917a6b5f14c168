package dev.leat.broker.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk in memory that can lose everything that was not synced, and that crashes at a chosen step.
 *
 * <pre>
 *   file = name in a directory -> content          a name is durable once its directory was synced,
 *   content = bytes, and those that are durable    a content once it was synced itself
 * </pre>
 */
final class ForgetfulDisk implements Disk {
  /** The process or the machine ends here. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Content {
    private byte[] bytes = new byte[0];
    private byte[] durable = new byte[0];
  }

  private final TreeSet<Path> directories = new TreeSet<>();
  private final Map<Path, Content> names = new TreeMap<>();
  private final Map<Path, Content> durableNames = new TreeMap<>();
  private long stepsLeft = Long.MAX_VALUE;
  private boolean full;

  /** Crashes before the step after the next {@code steps} ones. */
  void crashAfter(long steps) {
    stepsLeft = steps;
  }

  /** Whether writing content fails, as without free space. */
  void setFull(boolean value) {
    full = value;
  }

  /** What is there after the process was killed: everything. */
  ForgetfulDisk afterKill() {
    ForgetfulDisk next = new ForgetfulDisk();
    next.directories.addAll(directories);
    names.forEach((name, content) -> next.put(name, content.bytes));
    return next;
  }

  /** What is there after the power failed: what was synced, and any part of the rest. */
  ForgetfulDisk afterPowerFailure(Random random) {
    ForgetfulDisk next = new ForgetfulDisk();
    next.directories.addAll(directories);
    TreeSet<Path> all = new TreeSet<>(names.keySet());
    all.addAll(durableNames.keySet());
    for (Path name : all) {
      Content content = (random.nextBoolean() ? names : durableNames).get(name);
      if (content != null) {
        next.put(name, survivor(content, random));
      }
    }
    return next;
  }

  private static byte[] survivor(Content content, Random random) {
    if (Arrays.equals(content.bytes, content.durable)) {
      return content.durable;
    }
    return switch (random.nextInt(4)) {
      case 0 -> content.durable;
      case 1 -> content.bytes;
      case 2 -> torn(content, random);
      default -> zeroed(content);
    };
  }

  // The durable part, and some of what comes behind it.
  private static byte[] torn(Content content, Random random) {
    int kept = commonPrefix(content);
    int more = random.nextInt(content.bytes.length - kept + 1);
    return Arrays.copyOf(content.bytes, kept + more);
  }

  // The file has its new length, but the blocks were not written.
  private static byte[] zeroed(Content content) {
    return Arrays.copyOf(Arrays.copyOf(content.bytes, commonPrefix(content)), content.bytes.length);
  }

  private static int commonPrefix(Content content) {
    int mismatch = Arrays.mismatch(content.bytes, content.durable);
    return mismatch < 0 ? content.bytes.length : mismatch;
  }

  private void put(Path name, byte[] bytes) {
    Content content = new Content();
    content.bytes = bytes;
    content.durable = bytes;
    names.put(name, content);
    durableNames.put(name, content);
  }

  private void step() {
    if (stepsLeft == 0) {
      throw new Crash();
    }
    stepsLeft--;
  }

  private void checkSpace() throws IOException {
    if (full) {
      throw new IOException("No space left on device");
    }
  }

  private Content content(Path file) throws IOException {
    Content content = names.get(file);
    if (content == null) {
      throw new IOException("no such file: " + file);
    }
    return content;
  }

  @Override
  public Closeable lock(Path directory) {
    return () -> {};
  }

  @Override
  public List<String> directories(Path directory) {
    return directories.stream()
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Override
  public List<String> files(Path directory) {
    return names.keySet().stream()
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Override
  public boolean exists(Path file) {
    return names.containsKey(file) || directories.contains(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return content(file).bytes.clone();
  }

  @Override
  public void createDirectories(Path directory) {
    step();
    for (Path path = directory; path != null; path = path.getParent()) {
      directories.add(path);
    }
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    step();
    // A file that exists is cut off first; that is seen if the disk is full.
    names.computeIfAbsent(file, name -> new Content()).bytes = new byte[0];
    checkSpace();
    step();
    content(file).bytes = content.clone();
  }

  @Override
  public void writeAt(Path file, long position, byte[] content) throws IOException {
    step();
    checkSpace();
    Content target = names.computeIfAbsent(file, name -> new Content());
    int half = content.length / 2;
    int start = Math.toIntExact(position);
    target.bytes = Arrays.copyOf(target.bytes, Math.max(target.bytes.length, start + half));
    System.arraycopy(content, 0, target.bytes, start, half);
    step();
    target.bytes =
        Arrays.copyOf(target.bytes, Math.max(target.bytes.length, start + content.length));
    System.arraycopy(content, 0, target.bytes, start, content.length);
  }

  @Override
  public void truncate(Path file, long size) throws IOException {
    step();
    Content target = content(file);
    target.bytes = Arrays.copyOf(target.bytes, (int) Math.min(size, target.bytes.length));
  }

  @Override
  public void sync(Path file) throws IOException {
    step();
    Content content = content(file);
    content.durable = content.bytes;
  }

  @Override
  public void rename(Path file, Path name) throws IOException {
    step();
    names.put(name, content(file));
    names.remove(file);
  }

  @Override
  public void delete(Path file) {
    step();
    names.remove(file);
  }

  @Override
  public void syncDirectory(Path directory) {
    step();
    durableNames.keySet().removeIf(path -> directory.equals(path.getParent()));
    names.forEach(
        (path, content) -> {
          if (directory.equals(path.getParent())) {
            durableNames.put(path, content);
          }
        });
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import java.util.ArrayList;
import java.util.List;

/** Taking entries of another replica's log, and giving them. */
final class LogCopy {
  /** Entries of one message at most; a key and a body cost something even when they are small. */
  static final int MAX_ENTRIES = 4096;

  private LogCopy() {}

  /**
   * Takes the next entry of a log that is known to be the right one up to there. What is equal
   * stays; at the first entry of another epoch the own log is cut, never at or below what is
   * committed.
   *
   * @return false if that would have been necessary: the replica has halted
   */
  static boolean take(GroupCore core, Entry entry) {
    GroupLog log = core.log;
    long seq = entry.header().seq();
    int version = EntryBodies.version(entry);
    if (version > core.formats().newest()) {
      core.halt(
          String.format(
              "entry %d has format %d, and this release knows %s: start the release that wrote it",
              seq, version, core.formats()));
      return false;
    }
    if (seq <= log.lastSeq()) {
      boolean equal = seq <= log.state().seq() || log.epochAt(seq) == entry.header().epoch();
      if (equal && !core.isDropped(Rule.CUTONLYCONFLICT)) {
        return true;
      }
      if (seq <= core.committed()) {
        if (equal) {
          return true;
        }
        core.halt(
            String.format(
                "entry %d is committed with epoch %d, and epoch %d has another: two histories;"
                    + " keep this broker's directory, and report it",
                seq, log.epochAt(seq), entry.header().epoch()));
        return false;
      }
      log.cut(seq);
    }
    log.append(entry);
    return true;
  }

  /** A sign of life: no entries. */
  static void greet(GroupCore core, Replica to, long prevSeq, long round) {
    core.send(to, message(core, prevSeq, round));
  }

  private static PeerMessage.Copy message(GroupCore core, long prevSeq, long round) {
    GroupLog log = core.log;
    return new PeerMessage.Copy(
        log.promise().epoch(), prevSeq, log.epochAt(prevSeq), core.committed(), List.of(), round);
  }

  /**
   * Sends what comes after {@code prevSeq}, which the receiver has.
   *
   * @return seq of the last entry sent; {@code prevSeq} if it is read from the journal
   */
  static long give(GroupCore core, Replica to, long prevSeq, long round) {
    GroupLog log = core.log;
    PeerMessage.Copy empty = message(core, prevSeq, round);
    if (prevSeq >= log.lastSeq()) {
      core.send(to, empty);
      return prevSeq;
    }
    if (!log.hasBody(prevSeq + 1)) {
      core.emit(
          new Effect.SendLog(
              to, empty, prevSeq + 1, log.lastOnDiskOnly(), core.options.maxCopyBytes()));
      return prevSeq;
    }
    List<Entry> entries = new ArrayList<>();
    int bytes = 0;
    for (long seq = prevSeq + 1; seq <= log.lastSeq() && entries.size() < MAX_ENTRIES; seq++) {
      Entry entry = log.entry(seq);
      bytes += entry.sizeBytes();
      if (bytes > core.options.maxCopyBytes() && !entries.isEmpty()) {
        break;
      }
      entries.add(entry);
    }
    core.send(to, empty.withEntries(entries));
    return prevSeq + entries.size();
  }
}

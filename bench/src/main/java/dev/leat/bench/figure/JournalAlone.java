package dev.leat.bench.figure;

import dev.leat.bench.journal.DiskLimit;
import dev.leat.bench.journal.JournalLoad;
import dev.leat.bench.journal.JournalLoad.Recycling;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import dev.leat.broker.journal.JournalConfig;
import java.time.Duration;
import java.util.List;

/** The journal without a broker, against what the disk does at best. */
final class JournalAlone {
  private static final String RECYCLED = "journal/recycled";
  private static final double RECYCLED_MIN_MB = 600;
  private static final double SHARE_OF_DISK = 0.5;

  private JournalAlone() {}

  static Figure figure() {
    return new Figure(
        "journal",
        "Journal alone, 64 batches of 16 KiB per commit, each commit synced",
        List.of(
            Contestant.of("disk", overwriting(), JournalAlone::overwrite),
            Contestant.of("disk, fresh", fresh(), JournalAlone::append),
            journal(
                Row.plain("journal/fresh", "Journal, fresh segments of 1 GiB", Unit.MB_PER_SECOND),
                JournalConfig.CLUSTER_SEGMENT_BYTES,
                Recycling.OFF),
            journal(
                new Row(
                    RECYCLED,
                    "Journal, recycled segments of 1 GiB",
                    Unit.MB_PER_SECOND,
                    new Target.AtLeast(RECYCLED_MIN_MB)),
                JournalConfig.CLUSTER_SEGMENT_BYTES,
                Recycling.ON),
            journal(
                Row.plain(
                    "journal/recycled-small",
                    "Journal, recycled segments of 64 MiB",
                    Unit.MB_PER_SECOND),
                JournalConfig.EMBEDDED_SEGMENT_BYTES,
                Recycling.ON)));
  }

  private static Row overwriting() {
    return new Row(
        "journal/disk",
        "Disk: overwriting 1 MiB blocks, fdatasync each",
        Unit.MB_PER_SECOND,
        new Target.TimesAtLeast(RECYCLED, SHARE_OF_DISK));
  }

  private static Row fresh() {
    return new Row(
        "journal/disk-fresh",
        "Disk: appending 1 MiB blocks, fdatasync each",
        Unit.MB_PER_SECOND,
        new Target.Shown("journal/fresh"));
  }

  private static double overwrite(Lab lab) throws Exception {
    return DiskLimit.overwrite(lab.directory("disk"), lab.scale().measured());
  }

  private static double append(Lab lab) throws Exception {
    return DiskLimit.append(lab.directory("disk"), lab.scale().measured());
  }

  private static Contestant journal(Row row, long segmentBytes, Recycling recycling) {
    return Contestant.of(
        row.label(),
        row,
        lab -> {
          try (JournalLoad load =
              new JournalLoad(lab.directory("journal"), segmentBytes, recycling)) {
            load.run(warmUp(segmentBytes, recycling));
            double rate = load.run(lab.scale().measured());
            if (recycling == Recycling.ON) {
              load.requireRecycled();
            }
            return rate;
          }
        });
  }

  /** Recycled segments must have been fresh ones first. */
  private static Duration warmUp(long segmentBytes, Recycling recycling) {
    boolean large = segmentBytes == JournalConfig.CLUSTER_SEGMENT_BYTES;
    return recycling == Recycling.ON && large ? Scale.WARM_UP.multipliedBy(6) : Scale.WARM_UP;
  }
}

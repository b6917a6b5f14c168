package dev.leat.ecosystem.spark;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Counts the words of a topic and writes each new count to another one, with the word as the key.
 * Counts and how far the topic is read lie in the checkpoint, so a job that is killed counts on
 * from there. Arguments: bootstrap, source, target, directory of the checkpoint.
 */
public final class WordCountJob {
  private WordCountJob() {}

  /** Runs for ever. */
  public static void main(String[] args) throws Exception {
    SparkSession session =
        SparkSession.builder()
            .appName("word-count")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    Dataset<Row> lines =
        session
            .readStream()
            .format("kafka")
            .option("kafka.bootstrap.servers", args[0])
            .option("subscribe", args[1])
            .option("startingOffsets", "earliest")
            .load();
    Dataset<Row> counts =
        lines
            .selectExpr("explode(split(cast(value as string), ' ')) as word")
            .groupBy("word")
            .count()
            .selectExpr("word as key", "cast(count as string) as value");
    counts
        .writeStream()
        .format("kafka")
        .option("kafka.bootstrap.servers", args[0])
        .option("topic", args[2])
        .option("checkpointLocation", args[3])
        .outputMode("update")
        .start()
        .awaitTermination();
  }
}

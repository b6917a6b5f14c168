package dev.leat.bench.peer;

/**
 * From sending a record to its acknowledgement, in milliseconds.
 *
 * @param p50 half of the records were faster
 * @param p99 99 of 100 records were faster
 * @param p999 999 of 1,000 records were faster
 */
public record Latency(double p50, double p99, double p999) {}

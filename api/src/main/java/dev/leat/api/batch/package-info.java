/**
 * Record batches: the unit in which records are sent, stored, replicated and read.
 *
 * <p>The bytes are those of Kafka's RecordBatch v2 (magic 2, CRC-32C), written and read by our own
 * code. Nothing here knows of gRPC, threads or clocks.
 */
@NullMarked
package dev.leat.api.batch;

import org.jspecify.annotations.NullMarked;

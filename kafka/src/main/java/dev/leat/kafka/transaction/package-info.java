/**
 * Transactions: the coordinator that decides them and ends them in every partition, and the gate
 * that lets their records into partitions.
 *
 * <p>A transaction is committed at the moment when PREPARE_COMMIT is on disk at a quorum in {@code
 * __transaction_state}. What follows (a marker in each partition, then COMPLETE_COMMIT) is repeated
 * until it is done, also by the coordinator of the next epoch.
 */
@NullMarked
package dev.leat.kafka.transaction;

import org.jspecify.annotations.NullMarked;

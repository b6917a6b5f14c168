package dev.leat.broker.journal;

import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a journal needs of the process it runs in.
 *
 * @param threads makes the journal's threads: two
 * @param nanoTime a clock that only goes forward, ns
 * @param randomIds random ids, for a new directory
 */
public record JournalHost(ThreadFactory threads, LongSupplier nanoTime, Supplier<UUID> randomIds) {}

/**
 * The consumer. The loop ({@code Fetcher}, {@code FetchStream}) keeps streams open to the leaders
 * and puts what comes into {@code Inbox}; the program's thread ({@code ConsumerCore}) takes it out,
 * verifies and decodes it. The {@code PartitionCursor} of a partition is what both share.
 */
@NullMarked
package dev.leat.client.internal.consume;

import org.jspecify.annotations.NullMarked;

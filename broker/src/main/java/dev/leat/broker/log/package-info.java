/**
 * What a log is: groups, partitions, entries, and the port to the journal that stores them. Pure:
 * no clock, no thread, no file.
 */
@NullMarked
package dev.leat.broker.log;

import org.jspecify.annotations.NullMarked;

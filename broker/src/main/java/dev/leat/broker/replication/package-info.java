/**
 * Replica groups: the machine that turns events into entries, messages and replies. Pure: no clock,
 * no thread, no socket, no randomness; time and random numbers come in with events.
 */
@NullMarked
package dev.leat.broker.replication;

import org.jspecify.annotations.NullMarked;

package dev.leat.broker.control.coordination;

/**
 * When something happens.
 *
 * @param ms monotonic time: what is decided depends on this one; the same clock as the groups'
 * @param wallMs ms since the Unix epoch: for people only
 */
public record Now(long ms, long wallMs) {}

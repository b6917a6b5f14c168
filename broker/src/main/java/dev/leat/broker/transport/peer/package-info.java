/**
 * Links between brokers: who dials, what is said first, and the bytes of every message. {@code
 * docs/PEER-PROTOCOL.md} draws them.
 */
@NullMarked
package dev.leat.broker.transport.peer;

import org.jspecify.annotations.NullMarked;

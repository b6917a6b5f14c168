/**
 * Who is there, who is controller, who leads what: one {@link
 * dev.leat.broker.control.coordination.CoordinationMachine} on every broker. Pure: time, randomness
 * and everything that happens come in as events. docs/protocol/COORDINATION.md has the rules.
 */
@NullMarked
package dev.leat.broker.control.coordination;

import org.jspecify.annotations.NullMarked;

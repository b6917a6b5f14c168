/**
 * Where threads, clocks and randomness live: the loops that feed the pure machines with events and
 * carry out their effects.
 */
@NullMarked
package dev.leat.broker.runtime;

import org.jspecify.annotations.NullMarked;

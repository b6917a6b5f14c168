/**
 * Wiring: configuration, metrics, health, and the broker as a whole. Sees everything; nothing sees
 * it.
 */
@NullMarked
package dev.leat.broker.server;

import org.jspecify.annotations.NullMarked;

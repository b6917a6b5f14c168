/**
 * The simulator: real core code, one thread, virtual time, one seed; network, disks and state store
 * that fail as they can in reality.
 */
package dev.leat.broker.sim;

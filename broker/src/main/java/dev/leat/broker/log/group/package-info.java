/**
 * What the log of a group amounts to: the state that follows from its committed entries, the same
 * on every replica, and its encoding. Pure.
 */
@NullMarked
package dev.leat.broker.log.group;

import org.jspecify.annotations.NullMarked;

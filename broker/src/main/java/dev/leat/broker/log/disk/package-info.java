/**
 * DISK: which disk a broker runs on, what its peers remember of it, and what follows when the two
 * do not agree. Pure; docs/protocol/PROTOCOL.md has the rule.
 */
@NullMarked
package dev.leat.broker.log.disk;

import org.jspecify.annotations.NullMarked;

/**
 * What evacuation moves and what compaction leaves out: decisions, made of summaries, batches and
 * times that others give.
 */
@NullMarked
package dev.leat.broker.log.compact;

import org.jspecify.annotations.NullMarked;

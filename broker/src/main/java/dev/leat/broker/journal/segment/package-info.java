/** One segment: its file, its bytes, its one writer and its many readers. */
@NullMarked
package dev.leat.broker.journal.segment;

import org.jspecify.annotations.NullMarked;

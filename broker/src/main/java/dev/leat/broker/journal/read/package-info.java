/** Reads across segments. */
@NullMarked
package dev.leat.broker.journal.read;

import org.jspecify.annotations.NullMarked;

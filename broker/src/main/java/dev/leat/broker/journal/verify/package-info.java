/** Verification of a directory. */
@NullMarked
package dev.leat.broker.journal.verify;

import org.jspecify.annotations.NullMarked;

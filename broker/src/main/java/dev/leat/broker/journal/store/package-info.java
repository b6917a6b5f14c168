/** The files of a directory: which is what, and their way from spare to released. */
@NullMarked
package dev.leat.broker.journal.store;

import org.jspecify.annotations.NullMarked;

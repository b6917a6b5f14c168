/**
 * The journal on LMDB: how entries are laid out, written, found again, verified and given up. The
 * only place that knows {@code org.lmdbjava}, and only to write: all reading is done in Java by
 * {@link dev.leat.broker.journal.page}. Bytes: docs/STORAGE-FORMAT.md.
 */
@NullMarked
package dev.leat.broker.journal;

import org.jspecify.annotations.NullMarked;

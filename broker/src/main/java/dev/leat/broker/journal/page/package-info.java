/**
 * LMDB's file format (data version 1), read in Java with every bound checked. Reading through
 * liblmdb is fast, but a damaged page makes it crash the process; here it makes a {@link
 * dev.leat.broker.journal.page.PageDamage}.
 */
@NullMarked
package dev.leat.broker.journal.page;

import org.jspecify.annotations.NullMarked;

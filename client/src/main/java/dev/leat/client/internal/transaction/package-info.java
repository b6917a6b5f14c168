/** Producers of transactions. */
@NullMarked
package dev.leat.client.internal.transaction;

import org.jspecify.annotations.NullMarked;

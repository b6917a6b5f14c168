/** Asks, decides, does: thin. */
@NullMarked
package dev.leat.operator.reconcile;

import org.jspecify.annotations.NullMarked;

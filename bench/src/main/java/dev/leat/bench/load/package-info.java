/** A load client of our own, for what the products' clients cannot do: many topics at once. */
@NullMarked
package dev.leat.bench.load;

import org.jspecify.annotations.NullMarked;

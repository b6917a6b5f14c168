/** The three products: their servers, and the load clients that belong to them. */
@NullMarked
package dev.leat.bench.peer;

import org.jspecify.annotations.NullMarked;

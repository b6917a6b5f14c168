/** How long producers wait when a broker of three dies, stops or is cut off. */
@NullMarked
package dev.leat.bench.failover;

import org.jspecify.annotations.NullMarked;

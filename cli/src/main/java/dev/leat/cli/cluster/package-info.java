/** {@code leat cluster}: who is there and who leads. */
@NullMarked
package dev.leat.cli.cluster;

import org.jspecify.annotations.NullMarked;

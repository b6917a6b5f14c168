/** {@code leat cluster}: who is there and who leads; what is lost, and how it goes on. */
@NullMarked
package dev.leat.cli.cluster;

import org.jspecify.annotations.NullMarked;

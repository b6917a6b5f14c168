/** {@code leat restore}: says of a directory that it comes from a copy. */
@NullMarked
package dev.leat.cli.restore;

import org.jspecify.annotations.NullMarked;

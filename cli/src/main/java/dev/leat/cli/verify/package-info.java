/** {@code leat verify}: checks what is on the disk. */
@NullMarked
package dev.leat.cli.verify;

import org.jspecify.annotations.NullMarked;

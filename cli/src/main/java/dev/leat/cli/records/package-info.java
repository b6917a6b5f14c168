/** {@code leat produce} and {@code leat consume}: records from and to the terminal. */
@NullMarked
package dev.leat.cli.records;

import org.jspecify.annotations.NullMarked;

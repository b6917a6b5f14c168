/** Small programs that show the Java client. */
@NullMarked
package dev.leat.examples;

import org.jspecify.annotations.NullMarked;

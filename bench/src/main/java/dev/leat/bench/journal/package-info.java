/** The journal alone, and the limits of the disk that it lies on. */
@NullMarked
package dev.leat.bench.journal;

import org.jspecify.annotations.NullMarked;

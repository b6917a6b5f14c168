/** The figures: what is measured, of whom, and with which settings. */
@NullMarked
package dev.leat.bench.figure;

import org.jspecify.annotations.NullMarked;

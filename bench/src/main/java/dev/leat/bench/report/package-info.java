/** Rows, their targets, and how results are written down. */
@NullMarked
package dev.leat.bench.report;

import org.jspecify.annotations.NullMarked;

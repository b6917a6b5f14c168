/** {@code leat perf}: how fast a cluster is. */
@NullMarked
package dev.leat.cli.perf;

import org.jspecify.annotations.NullMarked;

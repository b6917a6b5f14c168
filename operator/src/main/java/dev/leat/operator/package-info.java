/** The operator: makes Clusters true, and neither elects nor fences. */
@NullMarked
package dev.leat.operator;

import org.jspecify.annotations.NullMarked;

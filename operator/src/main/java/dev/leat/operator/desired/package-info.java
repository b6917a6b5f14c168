/** The objects that a Cluster should have. Pure. */
@NullMarked
package dev.leat.operator.desired;

import org.jspecify.annotations.NullMarked;

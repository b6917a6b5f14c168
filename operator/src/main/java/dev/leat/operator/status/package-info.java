/** What is said of a Cluster. Pure. */
@NullMarked
package dev.leat.operator.status;

import org.jspecify.annotations.NullMarked;

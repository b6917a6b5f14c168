/** UNCLEAN: what is said of groups that have lost a quorum, and of those that were recovered. */
@NullMarked
package dev.leat.broker.control.coordination.loss;

import org.jspecify.annotations.NullMarked;

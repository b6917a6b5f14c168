/** UNCLEAN: what a person asks about groups that have lost a quorum. */
@NullMarked
package dev.leat.broker.runtime.loss;

import org.jspecify.annotations.NullMarked;

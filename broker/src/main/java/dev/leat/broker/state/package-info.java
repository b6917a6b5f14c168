/** Adapters of the {@link dev.leat.broker.control.StateStore} port. */
@NullMarked
package dev.leat.broker.state;

import org.jspecify.annotations.NullMarked;

/** Members of queues. */
@NullMarked
package dev.leat.client.internal.queue;

import org.jspecify.annotations.NullMarked;

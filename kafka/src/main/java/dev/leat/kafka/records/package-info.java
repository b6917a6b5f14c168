/** Records: produce, fetch, offsets. Batches pass through as they are. */
@NullMarked
package dev.leat.kafka.records;

import org.jspecify.annotations.NullMarked;

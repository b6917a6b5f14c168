/** Share groups: their delivery state, and the partitions that hand records out. */
@NullMarked
package dev.leat.kafka.coordinator.share;

import org.jspecify.annotations.NullMarked;

/** Requests about groups and their offsets: checked here, answered by the group coordinator. */
@NullMarked
package dev.leat.kafka.coordinator.group;

import org.jspecify.annotations.NullMarked;

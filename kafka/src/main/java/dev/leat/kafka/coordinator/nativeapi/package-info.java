/** Groups for clients of gRPC: the broker's port, on the same coordinator. */
@NullMarked
package dev.leat.kafka.coordinator.nativeapi;

import org.jspecify.annotations.NullMarked;

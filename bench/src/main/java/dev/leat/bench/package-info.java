/**
 * The comparison benchmark: Leat, Apache Kafka and NATS JetStream measured in turn, in one run, on
 * one machine.
 */
@NullMarked
package dev.leat.bench;

import org.jspecify.annotations.NullMarked;

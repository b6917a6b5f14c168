/**
 * The producer. Two sides meet in {@code PartitionQueue}: threads of the program fill batches, and
 * the loop ({@code Sender}, {@code PartitionDelivery}, {@code ProduceLink}) takes them out, sends
 * them, and sends them again.
 */
@NullMarked
package dev.leat.client.internal.produce;

import org.jspecify.annotations.NullMarked;

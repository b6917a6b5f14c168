package dev.leat.client;

/**
 * A record that was handed out of a queue.
 *
 * @param record the record
 * @param deliveryCount how often it has been handed out, this time included
 */
public record QueueRecord(ConsumerRecord record, int deliveryCount) {}

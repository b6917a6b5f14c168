package dev.leat.client;

/**
 * Where an acknowledged record is.
 *
 * @param topic topic
 * @param partition number of the partition
 * @param offset position in the partition
 * @param timestamp timestamp of the record in ms: its own, or the broker's if the topic has that
 */
public record RecordMetadata(String topic, int partition, long offset, long timestamp) {}

package dev.leat.client.admin;

/**
 * A consumer group in short.
 *
 * @param group its name
 * @param type classic, consumer, share or streams
 * @param state for example Stable, Empty or Reconciling
 */
public record GroupListing(String group, String type, String state) {}

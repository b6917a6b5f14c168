/** Kafka Connect, distributed, with connectors as they come. */
package dev.leat.ecosystem.connect;

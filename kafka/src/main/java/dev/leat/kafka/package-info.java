/**
 * The Kafka protocol on Leat's log: a listener that the broker finds by {@link
 * java.util.ServiceLoader}. The only importer of {@code org.apache.kafka}.
 */
@NullMarked
package dev.leat.kafka;

import org.jspecify.annotations.NullMarked;

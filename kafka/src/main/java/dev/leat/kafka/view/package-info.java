/** The broker as Kafka clients see it: nodes, topics with ids, error codes. */
@NullMarked
package dev.leat.kafka.view;

import org.jspecify.annotations.NullMarked;

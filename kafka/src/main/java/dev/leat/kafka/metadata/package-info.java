/** What clients must know first: versions, brokers, topics, leaders. */
@NullMarked
package dev.leat.kafka.metadata;

import org.jspecify.annotations.NullMarked;

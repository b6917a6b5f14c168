/** What Kafka's clients configure besides topics: configurations of groups, quotas of clients. */
@NullMarked
package dev.leat.kafka.settings;

import org.jspecify.annotations.NullMarked;

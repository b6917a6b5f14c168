/** Forms of requests and responses that kafka-clients does not know. */
@NullMarked
package dev.leat.kafka.wire;

import org.jspecify.annotations.NullMarked;

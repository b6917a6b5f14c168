/** Connections of Kafka clients: frames in, responses out, limits. The only importer of Netty. */
@NullMarked
package dev.leat.kafka.network;

import org.jspecify.annotations.NullMarked;

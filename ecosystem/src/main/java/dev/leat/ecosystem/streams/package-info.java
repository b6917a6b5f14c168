/** Programs of Kafka Streams that tests run as processes. */
package dev.leat.ecosystem.streams;

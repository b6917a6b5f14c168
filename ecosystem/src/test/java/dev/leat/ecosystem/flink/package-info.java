/** Flink: exactly-once across what dies. */
package dev.leat.ecosystem.flink;

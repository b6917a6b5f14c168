/** A job of Flink that tests run as a process. */
package dev.leat.ecosystem.flink;

/** Engines that read a topic, process it and write another, as they come. */
package dev.leat.ecosystem.engines;

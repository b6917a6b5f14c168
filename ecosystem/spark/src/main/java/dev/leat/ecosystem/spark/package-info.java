/** A job of Spark that tests run as a process. */
package dev.leat.ecosystem.spark;

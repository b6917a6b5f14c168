/** A topology of Storm that tests run as a process. */
package dev.leat.ecosystem.storm;

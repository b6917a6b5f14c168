/** Clusters, processes and topics that the tests of the ecosystem share. */
package dev.leat.ecosystem.lab;

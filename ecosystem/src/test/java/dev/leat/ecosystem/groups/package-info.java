/** Groups, as Kafka's clients see them while brokers come and go. */
package dev.leat.ecosystem.groups;

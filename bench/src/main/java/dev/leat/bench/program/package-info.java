/**
 * Programs of Kafka's ecosystem, as they come from their makers, in front of a broker: started as
 * processes, and watched through the topics that they write.
 */
@NullMarked
package dev.leat.bench.program;

import org.jspecify.annotations.NullMarked;

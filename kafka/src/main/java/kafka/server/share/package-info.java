/**
 * What stands in Kafka's own package, because parts of its share partitions are visible there only.
 */
@NullMarked
package kafka.server.share;

import org.jspecify.annotations.NullMarked;

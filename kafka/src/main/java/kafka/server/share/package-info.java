/**
 * What stands in Kafka's own package, because parts of its share partitions are visible there only.
 * It is not marked for null checks: Kafka's classes of the same name would be taken for marked too.
 */
package kafka.server.share;

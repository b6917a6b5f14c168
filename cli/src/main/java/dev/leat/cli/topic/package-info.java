/** {@code leat topic}: topics and their partitions. */
@NullMarked
package dev.leat.cli.topic;

import org.jspecify.annotations.NullMarked;

/** Fetch: what consumers ask for over and over, without saying all of it again. */
@NullMarked
package dev.leat.kafka.records.fetch;

import org.jspecify.annotations.NullMarked;

/** From a request to the handler of its API key, and back to an answer. */
@NullMarked
package dev.leat.kafka.dispatch;

import org.jspecify.annotations.NullMarked;

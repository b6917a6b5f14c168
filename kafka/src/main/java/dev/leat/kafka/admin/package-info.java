/** Topics, configurations, and what else administrators ask for. */
@NullMarked
package dev.leat.kafka.admin;

import org.jspecify.annotations.NullMarked;

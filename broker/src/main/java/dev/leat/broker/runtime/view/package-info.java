/** What a broker knows of brokers, topics and groups, as its clients are told. */
@NullMarked
package dev.leat.broker.runtime.view;

import org.jspecify.annotations.NullMarked;

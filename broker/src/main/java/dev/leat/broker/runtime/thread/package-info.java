/** Clocks, threads, and what they share: a budget of bytes, tasks that run one at a time. */
@NullMarked
package dev.leat.broker.runtime.thread;

import org.jspecify.annotations.NullMarked;

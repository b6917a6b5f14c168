/** Quotas of clients: how much each may send, read and ask for (KIP-13, 124, 219, 257, 546). */
@NullMarked
package dev.leat.kafka.quota;

import org.jspecify.annotations.NullMarked;

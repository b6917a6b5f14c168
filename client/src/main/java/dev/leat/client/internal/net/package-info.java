/**
 * Connections to brokers, and what they say of the cluster. One network thread per client owns all
 * of it; what other threads may read is said where it stands.
 */
@NullMarked
package dev.leat.client.internal.net;

import org.jspecify.annotations.NullMarked;

/**
 * Transactions as clients of gRPC use them: the port behind which their coordinator stands, and how
 * a request's batches become part of one.
 */
@NullMarked
package dev.leat.broker.runtime.transactions;

import org.jspecify.annotations.NullMarked;

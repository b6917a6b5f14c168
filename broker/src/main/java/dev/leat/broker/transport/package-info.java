/**
 * gRPC in: adapters turn calls into requests to the runtime, and its answers into responses. The
 * only importer of {@code io.grpc}.
 */
@NullMarked
package dev.leat.broker.transport;

import org.jspecify.annotations.NullMarked;

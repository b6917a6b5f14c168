/**
 * The bulk messages of {@code leat.v1} without their copies: the same bytes on the wire as the
 * generated classes, but record batches stay in buffers instead of passing through {@code
 * ByteString}.
 *
 * <p>{@link dev.leat.api.rpc.RecordMethods} has the gRPC methods; the broker uses those of the
 * server side, the Java client those of the client side, everybody else the generated stubs.
 */
@NullMarked
package dev.leat.api.rpc;

import org.jspecify.annotations.NullMarked;

/**
 * Consumer groups as clients of gRPC use them: the port behind which a coordinator stands, and what
 * makes a member of a stream.
 */
@NullMarked
package dev.leat.broker.runtime.groups;

import org.jspecify.annotations.NullMarked;

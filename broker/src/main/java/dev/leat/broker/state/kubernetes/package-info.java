/** The Kubernetes API as a store of resources. The only room of the broker that knows fabric8. */
@NullMarked
package dev.leat.broker.state.kubernetes;

import org.jspecify.annotations.NullMarked;

/**
 * The custom resources of {@code leat.dev/v1alpha1} as immutable values: what people write, what
 * brokers and operator answer, and the {@link dev.leat.crds.Lease} of Kubernetes itself. Record
 * components carry the names of the YAML fields.
 */
@NullMarked
package dev.leat.crds;

import org.jspecify.annotations.NullMarked;

/** A broker in a pod of Kubernetes: what it is told, and its life. */
@NullMarked
package dev.leat.broker.server.pod;

import org.jspecify.annotations.NullMarked;

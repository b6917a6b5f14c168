/** {@code leat up}: brokers on this machine, without Kubernetes. */
@NullMarked
package dev.leat.cli.up;

import org.jspecify.annotations.NullMarked;

/** The custom resources as Kubernetes is told of them: schemas, rules, columns. */
@NullMarked
package dev.leat.crds.schema;

import org.jspecify.annotations.NullMarked;

/** Field values of the resources: each is checked when made and prints itself as it is written. */
@NullMarked
package dev.leat.crds.value;

import org.jspecify.annotations.NullMarked;

/** What only the making of the container image needs: see k8s/image. */
@NullMarked
package dev.leat.image;

import org.jspecify.annotations.NullMarked;

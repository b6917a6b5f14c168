/** What can go wrong, as a family of exceptions with one root. */
@NullMarked
package dev.leat.client.error;

import org.jspecify.annotations.NullMarked;

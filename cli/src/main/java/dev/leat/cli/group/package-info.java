/** {@code leat group}: consumer groups. */
@NullMarked
package dev.leat.cli.group;

import org.jspecify.annotations.NullMarked;

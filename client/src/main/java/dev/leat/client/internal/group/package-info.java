/** Members of groups, and what can be asked of groups. */
@NullMarked
package dev.leat.client.internal.group;

import org.jspecify.annotations.NullMarked;

/** What to do next. Pure. */
@NullMarked
package dev.leat.operator.plan;

import org.jspecify.annotations.NullMarked;

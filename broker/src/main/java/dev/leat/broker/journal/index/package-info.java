/**
 * Where entries lie: offset, seq and timestamp to position. In memory for segments that are not
 * sealed, in the segment's own file for those that are.
 */
@NullMarked
package dev.leat.broker.journal.index;

import org.jspecify.annotations.NullMarked;

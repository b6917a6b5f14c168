/** Moving entries out of segments that are mostly dead: evacuation and compaction. */
@NullMarked
package dev.leat.broker.journal.move;

import org.jspecify.annotations.NullMarked;

/**
 * Child processes: started, watched and always ended by process id, with a deadline on each wait.
 */
@NullMarked
package dev.leat.bench.process;

import org.jspecify.annotations.NullMarked;

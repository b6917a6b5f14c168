/** What commands print, and how they fail. */
@NullMarked
package dev.leat.cli.console;

import org.jspecify.annotations.NullMarked;

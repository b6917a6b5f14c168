/** What commands have in common: streams, failures, tables, the cluster they talk to. */
@NullMarked
package dev.leat.cli.console;

import org.jspecify.annotations.NullMarked;

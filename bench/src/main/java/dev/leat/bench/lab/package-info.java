/** Where measurements take place: the machine, its disk, directories, installed programs, sizes. */
@NullMarked
package dev.leat.bench.lab;

import org.jspecify.annotations.NullMarked;

/**
 * Resources as YAML: reading, with every problem named by file, line and field, and writing, always
 * in the same order.
 */
@NullMarked
package dev.leat.crds.yaml;

import org.jspecify.annotations.NullMarked;

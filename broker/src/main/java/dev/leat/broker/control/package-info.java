/**
 * The controller, and the port to the store of resources. Pure: no clock, thread, socket or file;
 * knows no adapter.
 */
@NullMarked
package dev.leat.broker.control;

import org.jspecify.annotations.NullMarked;

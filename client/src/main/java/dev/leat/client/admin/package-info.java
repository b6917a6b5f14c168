/** Topics and brokers: what there is, and how to change it. */
@NullMarked
package dev.leat.client.admin;

import org.jspecify.annotations.NullMarked;

/** The admin, and its messages in both languages: the protocol's and the client's. */
@NullMarked
package dev.leat.client.internal.admin;

import org.jspecify.annotations.NullMarked;

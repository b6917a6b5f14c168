/** Where the constructors of Kafka's persister are visible. */
@NullMarked
package org.apache.kafka.server.share.persister;

import org.jspecify.annotations.NullMarked;

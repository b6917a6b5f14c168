package dev.leat.broker.state;

import dev.leat.broker.control.ResourceKey;
import java.util.Optional;

/**
 * What a file becomes.
 *
 * @param key the resource
 * @param text its YAML; empty: it is gone
 */
record Change(ResourceKey key, Optional<String> text) {}

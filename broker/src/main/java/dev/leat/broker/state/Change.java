package dev.leat.broker.state;

import java.util.Optional;

/**
 * What a file becomes.
 *
 * @param key the resource
 * @param text its YAML; empty: it is gone
 */
record Change(ResourceKey key, Optional<String> text) {}

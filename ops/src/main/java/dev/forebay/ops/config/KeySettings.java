package dev.forebay.ops.config;

import dev.forebay.model.Instance;

/**
 * What {@code forebay keys} needs.
 *
 * @param database that holds the keys
 * @param instance which Forebay of that database
 */
public record KeySettings(DatabaseConfig database, Instance instance) {}

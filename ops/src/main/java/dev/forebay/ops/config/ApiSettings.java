package dev.forebay.ops.config;

import dev.forebay.model.Instance;
import java.nio.file.Path;

/**
 * What {@code forebay api} needs.
 *
 * @param database where writes go
 * @param instance which Forebay of that database
 * @param models forebay.yaml
 * @param api where clients connect
 * @param admin where operators connect
 */
public record ApiSettings(
    DatabaseConfig database, Instance instance, Path models, Endpoint api, Endpoint admin) {}

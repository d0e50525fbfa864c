package dev.forebay.ops.config;

import dev.forebay.api.auth.jwt.JwtConfig;
import dev.forebay.model.Instance;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code forebay api} needs.
 *
 * @param database where writes go
 * @param instance which Forebay of that database
 * @param models forebay.yaml
 * @param api where clients connect
 * @param admin where operators connect
 * @param jwt whose tokens are accepted beside API keys; null: nobody's
 */
public record ApiSettings(
    DatabaseConfig database,
    Instance instance,
    Path models,
    Endpoint api,
    Endpoint admin,
    @Nullable JwtConfig jwt) {

  /** Settings of an API that refuses JWTs. */
  public ApiSettings(
      DatabaseConfig database, Instance instance, Path models, Endpoint api, Endpoint admin) {
    this(database, instance, models, api, admin, null);
  }
}

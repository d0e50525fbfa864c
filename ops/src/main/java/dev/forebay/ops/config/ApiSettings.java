package dev.forebay.ops.config;

import dev.forebay.api.ApiConfig;
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
 * @param prepared whether statements may be prepared on the server
 * @param serving how clients are served at {@code api}
 * @param jwt whose tokens are accepted beside API keys; null: nobody's
 * @param origin how the edge may read documents, where it has a secret with the API
 */
public record ApiSettings(
    DatabaseConfig database,
    Instance instance,
    Path models,
    Endpoint api,
    Endpoint admin,
    boolean prepared,
    ApiConfig serving,
    @Nullable JwtConfig jwt,
    OriginSettings origin) {

  /** With every bound as it is where nobody says otherwise, for API keys only. */
  public ApiSettings(
      DatabaseConfig database, Instance instance, Path models, Endpoint api, Endpoint admin) {
    this(
        database,
        instance,
        models,
        api,
        admin,
        true,
        ApiConfig.DEFAULT.at(api.host(), api.port()),
        null,
        OriginSettings.DEFAULT);
  }
}

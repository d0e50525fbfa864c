package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.ApiServer;
import dev.forebay.api.PoolConfig;
import dev.forebay.api.PoolMetrics;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.auth.jwt.JwtConfig;
import dev.forebay.api.auth.jwt.JwtVerifier;
import dev.forebay.api.origin.OriginConfig;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.model.compile.ModelCompiler.Examined;
import dev.forebay.ops.admin.Check;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.DatabaseConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The API with all it needs: looks at everything first, then serves. Safe for any thread. */
public final class ApiProcess {

  private final Lifetime lifetime;
  private final HikariDataSource health;
  private final ApiKeys keys;
  private final ReadModels models;
  private final ApiServer server;

  /**
   * Looks at everything the API needs, without serving yet. A model that has fitted the database
   * once and does not any more is the sync worker's affair; what clients may write must fit.
   *
   * @param metrics where the API is measured
   * @param lifetime closes what is opened here
   * @throws InvalidSetupException with all that is wrong with database and file; with tokens also
   *     with every table of a model whose rows this role cannot read
   */
  public ApiProcess(ApiSettings settings, MeterRegistry metrics, Lifetime lifetime)
      throws Exception {
    this.lifetime = lifetime;
    DatabaseConfig config =
        settings.prepared() ? settings.database() : settings.database().unprepared();
    Database database = new Database(config);
    try (Connection connection = database.connect()) {
      this.models = compile(settings, connection);
      if (settings.serving().tokens() != null) {
        demandSight(connection, settings, models);
      }
    }
    HikariDataSource pool =
        lifetime.open("api pool", () -> pool(config, settings.prepared()).open());
    this.health = lifetime.open("api health", database::healthPool);
    PoolMetrics.show(pool, metrics);
    Schema.migrate(pool, settings.instance());
    this.keys = new ApiKeys(pool, settings.instance());
    JwtConfig jwt = settings.jwt();
    this.server =
        new ApiServer(
            settings.serving(),
            pool,
            models,
            keys,
            jwt == null ? null : new JwtVerifier(jwt),
            settings.instance(),
            metrics,
            origin(settings, models));
  }

  /** Without secrets nobody could ask. */
  private static @Nullable OriginConfig origin(ApiSettings settings, ReadModels models) {
    TokenConfig tokens = settings.serving().tokens();
    return tokens == null
        ? null
        : settings.origin().of(models, tokens, settings.database().poolSize());
  }

  /**
   * Begins to serve. Whoever asks {@link #checks} meanwhile should have been opened before, so that
   * it is closed after.
   *
   * @throws InvalidSetupException if a resource does not fit or the port is taken
   */
  public void serve() throws Exception {
    lifetime.open(
        "api",
        () -> {
          server.start();
          return server;
        });
  }

  private static ReadModels compile(ApiSettings settings, Connection connection)
      throws SQLException {
    Examined examined = ModelCompiler.examine(settings.models(), connection);
    boolean excused =
        examined.misfits().stream().allMatch(path -> path.startsWith("models."))
            && FitOnce.isTrueOf(examined, connection, settings.instance());
    if (!excused) {
      throw new InvalidSetupException(examined.problems());
    }
    return examined.models();
  }

  /** What a write touches is found in rows that clients may never see. */
  private static void demandSight(Connection connection, ApiSettings settings, ReadModels models)
      throws SQLException {
    List<Problem> problems = TableChecks.reading(connection, settings.instance(), models);
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
  }

  private static PoolConfig pool(DatabaseConfig database, boolean prepared) {
    return new PoolConfig(
        database.jdbcUrl(),
        database.user(),
        database.password().value(),
        database.poolSize(),
        prepared);
  }

  /** What the API needs in order to do its job now. */
  public List<Check> checks() {
    return List.of(
        new Check("api", this::notServing),
        new Check("api database", () -> Database.unreachable(health)));
  }

  private Optional<String> notServing() {
    return server.isServing()
        ? Optional.empty()
        : Optional.of("takes no new requests: it starts or ends");
  }

  /** Who may call. */
  public ApiKeys keys() {
    return keys;
  }

  /** Every role that a resource of forebay.yaml names. */
  public Set<String> roles() {
    return models.resources().stream()
        .flatMap(resource -> resource.allRoles().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}

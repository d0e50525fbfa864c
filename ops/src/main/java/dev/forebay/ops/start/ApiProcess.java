package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.ApiConfig;
import dev.forebay.api.ApiServer;
import dev.forebay.api.PoolConfig;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.docs.DocsAccess;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.model.compile.ModelCompiler.Examined;
import dev.forebay.ops.admin.Check;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.Variable;
import io.javalin.util.JavalinBindException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The API with all it needs. Safe for any thread. */
public final class ApiProcess {

  private final HikariDataSource pool;
  private final ApiKeys keys;
  private final ReadModels models;

  /**
   * Looks at everything the API needs, then starts it. A model that has fitted the database once
   * and does not any more is the sync worker's affair; what clients may write must fit.
   *
   * @param docs who may read the description of the API
   * @param lifetime closes what is opened here
   * @throws InvalidSetupException with all that is wrong with database and file, or if the port is
   *     taken
   */
  public ApiProcess(ApiSettings settings, DocsAccess docs, Lifetime lifetime) throws Exception {
    Database database = new Database(settings.database());
    try (Connection connection = database.connect()) {
      this.models = compile(settings, connection);
    }
    this.pool = lifetime.open("api pool", () -> pool(settings.database()).open());
    Schema.migrate(pool, settings.instance());
    this.keys = new ApiKeys(pool, settings.instance());
    lifetime.open("api", () -> start(settings.api(), settings.instance(), docs));
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

  private static PoolConfig pool(DatabaseConfig database) {
    return new PoolConfig(
        database.jdbcUrl(),
        database.user(),
        database.password().value(),
        database.poolSize(),
        true);
  }

  private ApiServer start(Endpoint endpoint, Instance instance, DocsAccess docs) throws Exception {
    ApiConfig config = ApiConfig.DEFAULT.at(endpoint.host(), endpoint.port());
    ApiServer server = new ApiServer(config, pool, models.resources(), keys, instance, docs);
    try {
      server.start();
    } catch (JavalinBindException e) {
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  Variable.API_PORT.variable(),
                  endpoint.url() + " cannot be bound: " + e.getMessage(),
                  "Choose another port or host.")));
    }
    return server;
  }

  /** What the API needs in order to do its job now. */
  public List<Check> checks() {
    return List.of(new Check("api database", () -> Database.unreachable(pool)));
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

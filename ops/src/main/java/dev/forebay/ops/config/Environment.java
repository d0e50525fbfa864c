package dev.forebay.ops.config;

import dev.forebay.api.ApiConfig;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables as typed configuration. Each method reads everything before it fails, so
 * that one start shows all that is wrong. For one thread.
 */
public final class Environment {

  private static final int MAX_PORT = 65_535;
  private static final int MAX_DRAIN = 600;
  private static final int MAX_WRITES = 1_000_000_000;
  private static final int MAX_RATE = 1_000_000;
  private static final int MAX_AT_ONCE = 100_000;

  /** So many requests that a short statement's queue is short, and a slow one's is no flood. */
  private static final int IN_FLIGHT_PER_CONNECTION = 8;

  private static final int MAX_HOURS = 8_760;
  private static final double HOUR_MILLIS = 3_600_000;

  private final Map<String, String> variables;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * @param variables for example {@link System#getenv()}
   */
  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * Reads what {@code forebay api} needs.
   *
   * @throws InvalidSetupException with one problem per variable that is missing or wrong
   */
  public ApiSettings api() {
    DatabaseConfig database = database();
    Endpoint endpoint = endpoint(Variable.API_HOST, Variable.API_PORT);
    ApiSettings config =
        new ApiSettings(
            database,
            instance(),
            Path.of(required(Variable.MODELS)),
            endpoint,
            admin(),
            truth(Variable.API_PREPARED),
            serving(endpoint, database.poolSize()),
            JwtVariables.read(this::find, problems),
            origin());
    if (config.api().equals(config.admin())) {
      problem(Variable.ADMIN_PORT, "is the API's port too.", "Choose another.");
    }
    failOnProblems();
    return config;
  }

  private ApiConfig serving(Endpoint endpoint, int poolSize) {
    int inFlight =
        find(Variable.API_IN_FLIGHT) == null
            ? IN_FLIGHT_PER_CONNECTION * poolSize
            : integer(Variable.API_IN_FLIGHT, 1, MAX_AT_ONCE);
    LimitConfig limits =
        LimitConfig.DEFAULT
            .withRate(
                integer(Variable.API_REQUESTS_PER_SECOND, 0, MAX_RATE),
                integer(Variable.API_REQUESTS_BURST, 1, MAX_RATE))
            .withAtOnce(inFlight, integer(Variable.API_CONNECTIONS, 1, MAX_AT_ONCE));
    ApiConfig config =
        ApiConfig.DEFAULT
            .at(endpoint.host(), endpoint.port())
            .withBounds(
                integer(Variable.API_BODY_BYTES, 1 << 10, 1 << 26),
                Duration.ofSeconds(integer(Variable.API_STOP_SECONDS, 0, MAX_DRAIN)),
                limits)
            .withTokens(TokenVariables.read(this::find, problems));
    try {
      return config.withCorsOrigins(origins());
    } catch (IllegalArgumentException e) {
      problem(
          Variable.API_CORS_ORIGINS,
          e.getMessage() + ".",
          "Write each as in https://app.example, with commas between.");
      return config;
    }
  }

  private OriginSettings origin() {
    return new OriginSettings(
        integer(Variable.ORIGIN_CACHE_BYTES, 1 << 20, Integer.MAX_VALUE),
        integer(Variable.ORIGIN_REQUESTS_PER_SECOND, 0, MAX_AT_ONCE));
  }

  private Set<String> origins() {
    String text = find(Variable.API_CORS_ORIGINS);
    return text == null
        ? Set.of()
        : Stream.of(text.split(",", -1)).map(String::strip).collect(Collectors.toSet());
  }

  /**
   * Reads what {@code forebay sync} needs.
   *
   * @throws InvalidSetupException with one problem per variable that is missing or wrong
   */
  public SyncSettings sync() {
    SyncSettings config =
        new SyncSettings(
            database(),
            instance(),
            Path.of(required(Variable.MODELS)),
            kv(),
            Duration.ofSeconds(integer(Variable.DRAIN_SECONDS, 0, MAX_DRAIN)),
            integer(Variable.RESYNC_RATE, 0, MAX_RATE),
            verify(),
            continueAfterFailover(),
            admin());
    failOnProblems();
    return config;
  }

  /**
   * Reads what {@code forebay keys} and other verbs need that only ask the database.
   *
   * @throws InvalidSetupException with one problem per variable that is missing or wrong
   */
  public KeySettings key() {
    KeySettings settings = new KeySettings(database(), instance());
    failOnProblems();
    return settings;
  }

  /**
   * Reads what a verb needs that only looks at the file and the database.
   *
   * @throws InvalidSetupException with one problem per variable that is missing or wrong
   */
  public ModelsSettings models() {
    ModelsSettings settings =
        new ModelsSettings(database(), instance(), Path.of(required(Variable.MODELS)));
    failOnProblems();
    return settings;
  }

  /**
   * Reads what {@code forebay plan} needs.
   *
   * @throws InvalidSetupException with one problem per variable that is missing or wrong
   */
  public PlanSettings plan() {
    ModelsSettings models =
        new ModelsSettings(database(), instance(), Path.of(required(Variable.MODELS)));
    Integer requests = requests();
    failOnProblems();
    return new PlanSettings(models, requests == null ? KvTarget.STANDARD_REQUESTS : requests);
  }

  private DatabaseConfig database() {
    String url = required(Variable.DATABASE_URL);
    DatabaseUrl parsed = DatabaseUrl.EMPTY;
    if (!url.isEmpty()) {
      try {
        parsed = DatabaseUrl.parse(url);
      } catch (IllegalArgumentException e) {
        problem(
            Variable.DATABASE_URL, String.valueOf(e.getMessage()), allowed(Variable.DATABASE_URL));
      }
    }
    String user = find(Variable.DATABASE_USER);
    Secret password = secret(Variable.DATABASE_PASSWORD);
    return new DatabaseConfig(
        parsed.jdbcUrl(),
        parsed.host(),
        parsed.port(),
        parsed.name(),
        user == null ? parsed.user() : user,
        password == null ? parsed.password() : password,
        parsed.sslMode(),
        integer(Variable.DATABASE_POOL, 2, 200));
  }

  private Instance instance() {
    try {
      return new Instance(required(Variable.INSTANCE));
    } catch (IllegalArgumentException e) {
      problem(Variable.INSTANCE, String.valueOf(e.getMessage()) + ".", null);
      return Instance.DEFAULT;
    }
  }

  private KvTarget kv() {
    URI base = baseUrl();
    String namespace = required(Variable.KV_NAMESPACE);
    boolean cloudflare = "api.cloudflare.com".equals(base.getHost());
    String account = cloudflare ? required(Variable.KV_ACCOUNT) : find(Variable.KV_ACCOUNT);
    if (cloudflare) {
      required(Variable.KV_TOKEN);
    }
    return new KvTarget(
        base,
        account,
        namespace,
        secret(Variable.KV_TOKEN),
        requests(),
        integer(Variable.KV_WRITES_PER_DAY, 0, MAX_WRITES),
        Duration.ofSeconds(integer(Variable.KV_TIMEOUT, 1, 600)),
        Duration.ofSeconds(integer(Variable.KV_LATE, 0, 3_600)));
  }

  private VerifySettings verify() {
    return new VerifySettings(hours(Variable.VERIFY_HOURS), truth(Variable.VERIFY_REPAIR));
  }

  /** Parts of an hour too. */
  private Duration hours(Variable variable) {
    String text = required(variable);
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value <= MAX_HOURS) {
        return Duration.ofMillis(Math.round(value * HOUR_MILLIS));
      }
    } catch (NumberFormatException e) {
      // Falls through to the same problem as a number out of range.
    }
    problem(variable, "'" + text + "' is not a number from 0 to " + MAX_HOURS + ".", "Correct it.");
    return Duration.ZERO;
  }

  private boolean truth(Variable variable) {
    String text = required(variable);
    if (!text.equals("true") && !text.equals("false")) {
      problem(variable, "'" + text + "' is not true or false.", "Correct it.");
    }
    return text.equals("true");
  }

  /** Null where nothing is said. */
  private @Nullable Integer requests() {
    return find(Variable.KV_REQUESTS) == null ? null : integer(Variable.KV_REQUESTS, 2, 1_000_000);
  }

  private URI baseUrl() {
    String text = required(Variable.KV_BASE_URL).replaceFirst("/+$", "");
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // The problem below says more than the parser does.
    }
    problem(
        Variable.KV_BASE_URL,
        "'" + text + "' is not an http or https URL.",
        "Leave it unset for " + Variable.KV_BASE_URL.defaultValue() + ".");
    return URI.create("http://invalid");
  }

  private boolean continueAfterFailover() {
    String text = required(Variable.ON_FAILOVER);
    if (!text.equals("halt") && !text.equals("continue")) {
      problem(Variable.ON_FAILOVER, "'" + text + "' is neither halt nor continue.", "Correct it.");
    }
    return text.equals("continue");
  }

  private Endpoint admin() {
    return endpoint(Variable.ADMIN_HOST, Variable.ADMIN_PORT);
  }

  private Endpoint endpoint(Variable host, Variable port) {
    return new Endpoint(required(host), integer(port, 1, MAX_PORT));
  }

  private int integer(Variable variable, int min, int max) {
    String text = required(variable);
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same problem as a number out of range.
    }
    problem(
        variable, "'" + text + "' is not a number from " + min + " to " + max + ".", "Correct it.");
    return min;
  }

  private @Nullable Secret secret(Variable variable) {
    String value = find(variable);
    return value == null ? null : new Secret(value);
  }

  /** Returns the value or the default; if there is neither, notes a problem and returns "". */
  private String required(Variable variable) {
    String value = find(variable);
    if (value == null) {
      value = variable.defaultValue();
    }
    if (value == null) {
      problem(variable, "is not set.", allowed(variable));
      return "";
    }
    return value;
  }

  private @Nullable String find(Variable variable) {
    String value = variables.get(variable.variable());
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static String allowed(Variable variable) {
    return "Set it to: " + variable.about() + ".";
  }

  private void problem(Variable variable, String what, @Nullable String fix) {
    problems.add(new Problem(variable.variable(), what, fix));
  }

  private void failOnProblems() {
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
  }
}

package dev.forebay.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.api.ApiConfig;
import dev.forebay.api.auth.jwt.JwtConfig;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

  private static final Map<String, String> LEAST =
      Map.of(
          "FOREBAY_DATABASE_URL", "postgres://db.example:6432/shop",
          "FOREBAY_KV_ACCOUNT", "account",
          "FOREBAY_KV_NAMESPACE", "namespace",
          "FOREBAY_KV_TOKEN", "token");

  @Test
  void everyVariable_hasItsNameAndDefault() {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (Variable variable : Variable.values()) {
      defaults.put(variable.variable(), variable.defaultValue());
    }

    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("FOREBAY_DATABASE_URL", null);
    expected.put("FOREBAY_DATABASE_USER", null);
    expected.put("FOREBAY_DATABASE_PASSWORD", null);
    expected.put("FOREBAY_DATABASE_POOL", "10");
    expected.put("FOREBAY_INSTANCE", "forebay");
    expected.put("FOREBAY_MODELS", "forebay.yaml");
    expected.put("FOREBAY_KV_BASE_URL", "https://api.cloudflare.com/client/v4");
    expected.put("FOREBAY_KV_ACCOUNT", null);
    expected.put("FOREBAY_KV_NAMESPACE", null);
    expected.put("FOREBAY_KV_TOKEN", null);
    expected.put("FOREBAY_DRAIN_SECONDS", "10");
    expected.put("FOREBAY_RESYNC_RATE", "0");
    expected.put("FOREBAY_VERIFY_HOURS", "24");
    expected.put("FOREBAY_VERIFY_REPAIR", "true");
    expected.put("FOREBAY_ON_FAILOVER", "halt");
    expected.put("FOREBAY_KV_REQUESTS", null);
    expected.put("FOREBAY_KV_WRITES_PER_DAY", "0");
    expected.put("FOREBAY_KV_TIMEOUT", "90");
    expected.put("FOREBAY_KV_LATE", "120");
    expected.put("FOREBAY_API_HOST", "127.0.0.1");
    expected.put("FOREBAY_API_PORT", "8080");
    expected.put("FOREBAY_API_PREPARED", "true");
    expected.put("FOREBAY_API_REQUESTS_PER_SECOND", "200");
    expected.put("FOREBAY_API_REQUESTS_BURST", "400");
    expected.put("FOREBAY_API_IN_FLIGHT", null);
    expected.put("FOREBAY_API_CONNECTIONS", "2000");
    expected.put("FOREBAY_API_BODY_BYTES", "1048576");
    expected.put("FOREBAY_API_STOP_SECONDS", "10");
    expected.put("FOREBAY_API_CORS_ORIGINS", null);
    expected.put("FOREBAY_JWT_ISSUER", null);
    expected.put("FOREBAY_JWT_AUDIENCE", null);
    expected.put("FOREBAY_JWT_JWKS_URL", null);
    expected.put("FOREBAY_JWT_ROLES_CLAIM", null);
    expected.put("FOREBAY_TOKEN_SECRET", null);
    expected.put("FOREBAY_TOKEN_SECRET_OLD", null);
    expected.put("FOREBAY_TOKEN_COOKIE", "off");
    expected.put("FOREBAY_ORIGIN_CACHE_BYTES", "67108864");
    expected.put("FOREBAY_ORIGIN_REQUESTS_PER_SECOND", "20");
    expected.put("FOREBAY_ADMIN_HOST", "127.0.0.1");
    expected.put("FOREBAY_ADMIN_PORT", "8081");
    assertThat(defaults).containsExactlyEntriesOf(expected);
  }

  @ParameterizedTest
  @CsvSource({", 960", "100, 100"})
  void plan_countsWithTheWorkersRequests(String said, int requests) {
    Map<String, String> variables = new HashMap<>();
    variables.put("FOREBAY_DATABASE_URL", "postgres://db.example:6432/shop");
    variables.computeIfAbsent("FOREBAY_KV_REQUESTS", name -> said);

    assertThat(new Environment(variables).plan().requests()).isEqualTo(requests);
  }

  @Test
  void plan_wrongRequests_isOneProblem() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_KV_REQUESTS", "many");

    assertThatThrownBy(() -> new Environment(variables).plan())
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageStartingWith("FOREBAY_KV_REQUESTS: 'many' is not a number from 2 to 1000000.");
  }

  @Test
  void sync_leastEnvironment_fillsInTheDefaults() {
    SyncSettings config = new Environment(LEAST).sync();

    assertThat(config)
        .isEqualTo(
            new SyncSettings(
                new DatabaseConfig(
                    "jdbc:postgresql://db.example:6432/shop",
                    "db.example",
                    6432,
                    "shop",
                    System.getProperty("user.name"),
                    new Secret(""),
                    "prefer",
                    10),
                Instance.DEFAULT,
                Path.of("forebay.yaml"),
                new KvTarget(
                    URI.create("https://api.cloudflare.com/client/v4"),
                    "account",
                    "namespace",
                    new Secret("token")),
                Duration.ofSeconds(10),
                0,
                new VerifySettings(Duration.ofHours(24), true),
                false,
                new Endpoint("127.0.0.1", 8081)));
  }

  @ParameterizedTest
  @CsvSource({"0, PT0S", "0.5, PT30M", "168, PT168H"})
  void sync_verifyHours_mayBePartsOfOne(String said, Duration expected) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_VERIFY_HOURS", said);
    variables.put("FOREBAY_VERIFY_REPAIR", "false");

    assertThat(new Environment(variables).sync().verify())
        .isEqualTo(new VerifySettings(expected, false));
  }

  @ParameterizedTest
  @CsvSource({
    "FOREBAY_VERIFY_HOURS, -1",
    "FOREBAY_VERIFY_HOURS, NaN",
    "FOREBAY_VERIFY_HOURS, 9000",
    "FOREBAY_VERIFY_REPAIR, yes"
  })
  void sync_wrongVerification_namesTheVariable(String variable, String said) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put(variable, said);

    assertThatThrownBy(() -> new Environment(variables).sync())
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageStartingWith(variable + ": '" + said + "' is not ");
  }

  @Test
  void api_everythingSet_isTaken() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_DATABASE_USER", "api");
    variables.put("FOREBAY_DATABASE_PASSWORD", "secret");
    variables.put("FOREBAY_DATABASE_POOL", "3");
    variables.put("FOREBAY_INSTANCE", "preview");
    variables.put("FOREBAY_MODELS", "/etc/forebay.yaml");
    variables.put("FOREBAY_API_HOST", "0.0.0.0");
    variables.put("FOREBAY_API_PORT", "80");
    variables.put("FOREBAY_ADMIN_HOST", "10.0.0.1");
    variables.put("FOREBAY_ADMIN_PORT", "9000");

    ApiSettings config = new Environment(variables).api();

    assertThat(config.database().user()).isEqualTo("api");
    assertThat(config.database().password()).isEqualTo(new Secret("secret"));
    assertThat(config.database().poolSize()).isEqualTo(3);
    assertThat(config.instance()).isEqualTo(new Instance("preview"));
    assertThat(config.models()).isEqualTo(Path.of("/etc/forebay.yaml"));
    assertThat(config.api()).isEqualTo(new Endpoint("0.0.0.0", 80));
    assertThat(config.admin()).isEqualTo(new Endpoint("10.0.0.1", 9000));
  }

  private static final Map<String, String> JWT =
      Map.of(
          "FOREBAY_JWT_ISSUER", "https://issuer.example/",
          "FOREBAY_JWT_AUDIENCE", "forebay",
          "FOREBAY_JWT_JWKS_URL", "https://issuer.example/jwks.json",
          "FOREBAY_JWT_ROLES_CLAIM", "/realm_access/roles");

  @Test
  void api_jwt_isTaken() {
    Map<String, String> variables = new HashMap<>(LEAST);
    assertThat(new Environment(variables).api().jwt()).isNull();

    variables.putAll(JWT);
    assertThat(new Environment(variables).api().jwt())
        .isEqualTo(
            new JwtConfig(
                "https://issuer.example/",
                "forebay",
                URI.create("https://issuer.example/jwks.json"),
                "/realm_access/roles"));
  }

  @Test
  void api_jwt_isAllOrNone() {
    for (String missing : JWT.keySet()) {
      Map<String, String> variables = new HashMap<>(LEAST);
      variables.putAll(JWT);
      variables.remove(missing);

      assertThatThrownBy(() -> new Environment(variables).api())
          .isInstanceOf(InvalidSetupException.class)
          .hasMessageStartingWith(missing + ": is not set, but other FOREBAY_JWT_ variables are.");
    }
    Map<String, String> one = new HashMap<>(LEAST);
    one.put("FOREBAY_JWT_ISSUER", "https://issuer.example/");
    assertThat(
            catchThrowableOfType(InvalidSetupException.class, () -> new Environment(one).api())
                .problems())
        .hasSize(3);
  }

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @Test
  void api_tokens_areThoseOfTheSecrets() {
    Map<String, String> variables = new HashMap<>(LEAST);
    assertThat(new Environment(variables).api().serving().tokens()).isNull();

    variables.put("FOREBAY_TOKEN_SECRET", SECRET);
    assertThat(new Environment(variables).api().serving().tokens())
        .isEqualTo(new TokenConfig(List.of(SECRET), TokenConfig.LIFE, false, null));

    variables.put("FOREBAY_TOKEN_SECRET_OLD", "old" + SECRET);
    variables.put("FOREBAY_TOKEN_COOKIE", "on");
    assertThat(new Environment(variables).api().serving().tokens())
        .isEqualTo(new TokenConfig(List.of(SECRET, "old" + SECRET), TokenConfig.LIFE, true, null));

    variables.put("FOREBAY_TOKEN_COOKIE", "example.com");
    assertThat(new Environment(variables).api().serving().tokens())
        .extracting(TokenConfig::cookieDomain)
        .isEqualTo("example.com");
  }

  @ParameterizedTest
  @CsvSource({
    "FOREBAY_TOKEN_SECRET, hunter2",
    "FOREBAY_TOKEN_SECRET_OLD, hunter2",
    "FOREBAY_TOKEN_COOKIE, hunter2/",
  })
  void api_tokens_wrongOnesAreNamed_andNotShown(String variable, String value) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_TOKEN_SECRET", SECRET);
    variables.put(variable, value);

    assertThatThrownBy(() -> new Environment(variables).api())
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageStartingWith("FOREBAY_TOKEN_")
        .satisfies(e -> assertThat(e).message().doesNotContain(SECRET));
    if (variable.contains("SECRET")) {
      assertThatThrownBy(() -> new Environment(variables).api())
          .satisfies(e -> assertThat(e).message().doesNotContain(value));
    }
  }

  @Test
  void api_tokens_oldSecretAlone_isAMistake() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_TOKEN_SECRET_OLD", SECRET);

    assertThatThrownBy(() -> new Environment(variables).api())
        .hasMessageStartingWith("FOREBAY_TOKEN_SECRET: is not set, but another");
  }

  @ParameterizedTest
  @CsvSource({
    "https://issuer.example/k, true",
    "HTTPS://issuer.example/k, true",
    "http://127.0.0.1:8090/k, true",
    "http://localhost/k, true",
    "http://[::1]:80/k, true",
    "http://issuer.example/k, false",
    "http://127.0.0.1.example/k, false",
    "http://localhost.example/k, false",
    "http://127.0.0.1@issuer.example/k, false",
    "https://me:hunter2@issuer.example/k, false",
    "ftp://127.0.0.1/k, false",
    "file:///etc/keys, false",
    "issuer.example/k, false",
    "https://issuer.example/a b, false"
  })
  void api_jwksUrl_isHttpsOrThisMachine(String url, boolean allowed) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.putAll(JWT);
    variables.put("FOREBAY_JWT_JWKS_URL", url);

    if (allowed) {
      assertThat(new Environment(variables).api().jwt()).isNotNull();
    } else {
      assertThatThrownBy(() -> new Environment(variables).api())
          .isInstanceOf(InvalidSetupException.class)
          .hasMessageStartingWith("FOREBAY_JWT_JWKS_URL: is no https URL")
          .message()
          .doesNotContain("hunter2");
    }
  }

  @Test
  void api_leastEnvironment_fillsInTheDefaults() {
    ApiSettings config = new Environment(LEAST).api();

    assertThat(config.prepared()).isTrue();
    assertThat(config.serving()).isEqualTo(ApiConfig.DEFAULT);
    assertThat(config.origin()).isEqualTo(OriginSettings.DEFAULT);
  }

  @Test
  void api_originReads_areBounded() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_ORIGIN_CACHE_BYTES", "1048576");
    variables.put("FOREBAY_ORIGIN_REQUESTS_PER_SECOND", "0");

    assertThat(new Environment(variables).api().origin()).isEqualTo(new OriginSettings(1 << 20, 0));
  }

  @Test
  void api_boundsSet_areTaken() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_API_PREPARED", "false");
    variables.put("FOREBAY_API_REQUESTS_PER_SECOND", "0");
    variables.put("FOREBAY_API_REQUESTS_BURST", "7");
    variables.put("FOREBAY_API_IN_FLIGHT", "33");
    variables.put("FOREBAY_API_CONNECTIONS", "44");
    variables.put("FOREBAY_API_BODY_BYTES", "4096");
    variables.put("FOREBAY_API_STOP_SECONDS", "25");
    variables.put("FOREBAY_API_CORS_ORIGINS", "https://a.example, http://localhost:3000");

    ApiSettings config = new Environment(variables).api();

    assertThat(config.prepared()).isFalse();
    assertThat(config.serving())
        .isEqualTo(
            ApiConfig.DEFAULT
                .withBounds(
                    4_096,
                    Duration.ofSeconds(25),
                    LimitConfig.DEFAULT.withRate(0, 7).withAtOnce(33, 44))
                .withCorsOrigins(Set.of("https://a.example", "http://localhost:3000")));
  }

  @Test
  void api_inFlight_followsThePool() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_DATABASE_POOL", "4");

    assertThat(new Environment(variables).api().serving().limits().inFlight()).isEqualTo(32);
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          FOREBAY_API_PREPARED            | no    | 'no' is not true or false.
          FOREBAY_API_REQUESTS_PER_SECOND | -1    | '-1' is not a number from 0 to 1000000.
          FOREBAY_API_REQUESTS_BURST      | 0     | '0' is not a number from 1 to 1000000.
          FOREBAY_API_IN_FLIGHT           | 0     | '0' is not a number from 1 to 100000.
          FOREBAY_API_CONNECTIONS         | many  | 'many' is not a number from 1 to 100000.
          FOREBAY_API_BODY_BYTES          | 1 MiB | '1 MiB' is not a number from 1024 to 67108864.
          FOREBAY_API_STOP_SECONDS        | 601   | '601' is not a number from 0 to 600.
          FOREBAY_API_CORS_ORIGINS        | *     | '*' is no origin as browsers send it: scheme, host in lower case, port if it is not the scheme's own, nothing behind; * is not allowed.
          FOREBAY_API_CORS_ORIGINS        | https://a.example, | '' is no origin as browsers send it: scheme, host in lower case, port if it is not the scheme's own, nothing behind; * is not allowed.
          """)
  void api_wrongValue_isOneProblemThatNamesIt(String variable, String value, String what) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put(variable, value);

    assertThat(
            catchThrowableOfType(
                    InvalidSetupException.class, () -> new Environment(variables).api())
                .problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo(variable);
          assertThat(problem.what()).isEqualTo(what);
        });
  }

  @Test
  void sync_emptyEnvironment_namesAllThatIsMissingAtOnce() {
    assertThat(problems(Map.of()))
        .extracting(Problem::where)
        .containsExactly(
            "FOREBAY_DATABASE_URL",
            "FOREBAY_KV_NAMESPACE",
            "FOREBAY_KV_ACCOUNT",
            "FOREBAY_KV_TOKEN");
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          FOREBAY_DATABASE_URL  | mysql://h/d     | does not begin with postgres:// or jdbc:postgresql://.
          FOREBAY_DATABASE_URL  | postgres://h    | names no database.
          FOREBAY_DATABASE_URL  | postgres:///d   | names no single host.
          FOREBAY_DATABASE_URL  | postgres://h/d?sslmode=yes | has sslmode 'yes', not one of libpq's.
          FOREBAY_DATABASE_POOL | 1               | '1' is not a number from 2 to 200.
          FOREBAY_DATABASE_POOL | many            | 'many' is not a number from 2 to 200.
          FOREBAY_INSTANCE      | Preview         | instance 'Preview' is not [a-z][a-z0-9_]{0,39}; choose a name such as preview.
          FOREBAY_KV_BASE_URL   | ftp://host      | 'ftp://host' is not an http or https URL.
          FOREBAY_DRAIN_SECONDS | 10s             | '10s' is not a number from 0 to 600.
          FOREBAY_KV_WRITES_PER_DAY | many        | 'many' is not a number from 0 to 1000000000.
          FOREBAY_ON_FAILOVER   | stop            | 'stop' is neither halt nor continue.
          FOREBAY_RESYNC_RATE   | -1              | '-1' is not a number from 0 to 1000000.
          FOREBAY_ADMIN_PORT    | 65536           | '65536' is not a number from 1 to 65535.
          """)
  void sync_wrongValue_isOneProblemThatNamesIt(String variable, String value, String what) {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put(variable, value);

    assertThat(problems(variables))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo(variable);
          assertThat(problem.what()).isEqualTo(what);
        });
  }

  @Test
  void api_onTheAdminPort_isRefused() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_ADMIN_PORT", "8080");

    assertThatThrownBy(() -> new Environment(variables).api())
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageContaining("FOREBAY_ADMIN_PORT: is the API's port too.");
  }

  @Test
  void sync_localServer_needsNeitherAccountNorToken() {
    Map<String, String> variables =
        Map.of(
            "FOREBAY_DATABASE_URL", "postgres://localhost/shop",
            "FOREBAY_KV_BASE_URL", "http://127.0.0.1:8788/cdn-cgi/local/explorer/api/",
            "FOREBAY_KV_NAMESPACE", "local");

    assertThat(new Environment(variables).sync().kv())
        .isEqualTo(
            new KvTarget(
                URI.create("http://127.0.0.1:8788/cdn-cgi/local/explorer/api"),
                null,
                "local",
                null));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          postgres://me:p%40ss@h/d                        | jdbc:postgresql://h:5432/d                 | me | p@ss
          postgresql://me:a+b@h:1/d?sslmode=require       | jdbc:postgresql://h:1/d?sslmode=require    | me | a+b
          jdbc:postgresql://h/d?user=me&password=x&ssl=on | jdbc:postgresql://h:5432/d?ssl=on          | me | x
          """)
  void databaseUrl_loginIsTakenOut(String url, String jdbcUrl, String user, String password) {
    DatabaseUrl parsed = DatabaseUrl.parse(url);

    assertThat(parsed.jdbcUrl()).isEqualTo(jdbcUrl);
    assertThat(parsed.user()).isEqualTo(user);
    assertThat(parsed.password()).isEqualTo(new Secret(password));
  }

  @Test
  void secrets_areInNoTextThatIsShown() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FOREBAY_DATABASE_URL", "postgres://me:hunter2@h/d");

    assertThat(new Environment(variables).sync().toString())
        .doesNotContain("hunter2", "token=token");

    variables.put("FOREBAY_DATABASE_URL", "postgres://me:hunter2@h h/d");
    assertThat(problems(variables).toString()).doesNotContain("hunter2");
  }

  private static List<Problem> problems(Map<String, String> variables) {
    return catchThrowableOfType(
            InvalidSetupException.class, () -> new Environment(variables).sync())
        .problems();
  }
}

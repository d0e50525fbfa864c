package dev.forebay.ops.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.emulator.EdgeConfig;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.model.Instance;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.faults.world.TcpProxy;
import dev.forebay.ops.start.ApiProcess;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.SyncProcess;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Everything that lies between a write and a read, all of it real but Cloudflare: PostgreSQL, the
 * API, the sync worker, and the site's Functions in workerd at several locations of the emulated
 * KV. The site reaches the API through a network that can be cut. Safe for any thread.
 */
final class SessionWorld implements AutoCloseable {

  static final int LOCATIONS = 4;

  /** The API's, and of all locations but the last one: that one has still to change its secret. */
  static final String SECRET = "the-secret-of-the-sessions-0123456789abcdef";

  /** Of before; all who have the other one accept it, and the reverse. */
  static final String OLD_SECRET = "the-former-secret-of-the-sessions-0123456789";

  static final Instance INSTANCE = new Instance("preview");

  /** The API's login, and nobody else's. */
  private static final String CLERK = "clerk";

  private final Lifetime lifetime = new Lifetime();
  private final EmbeddedPostgres postgres;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final SyncProcess sync;
  private final int apiPort;
  private final KvEmulator kv;
  final TcpProxy network;
  final Workerd workerd;
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final String apiKey;

  /**
   * @param shared articles that nobody deletes, and half as many authors and tags
   * @param cacheTtl of each location, also the longest time that a change is on its way to it
   */
  SessionWorld(Path directory, int shared, Duration cacheTtl, long seed) throws Exception {
    try {
      postgres =
          lifetime.open(
              "postgres",
              () ->
                  EmbeddedPostgres.builder()
                      .setServerConfig("wal_level", "logical")
                      .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                      .start());
      execute("create extension pg_stat_statements");
      execute(
          "create role clerk superuser login", "create role keeper superuser replication login");
      execute(resource("schema.sql"), rows(shared));
      Path models = Files.writeString(directory.resolve("forebay.yaml"), resource("forebay.yaml"));
      EdgeConfig edges = new EdgeConfig(LOCATIONS, cacheTtl, cacheTtl, seed);
      kv =
          lifetime.open(
              "kv",
              () ->
                  new KvEmulator(
                      EmulatorConfig.of(0, "documents", "good")
                          .withLimits(EmulatorLimits.none())
                          .withEdges(edges)));
      sync =
          new SyncProcess(
              new Environment(variables("keeper", models, kv)).sync(), metrics, lifetime);
      Awaitility.await("KV is filled").atMost(Duration.ofMinutes(2)).until(sync::isSettled);
      // Not before: what connects to KV and the database may be given it meanwhile.
      apiPort = Workerd.freePort();
      Map<String, String> variables = variables(CLERK, models, kv);
      variables.put("FOREBAY_API_PORT", Integer.toString(apiPort));
      ApiProcess api = new ApiProcess(new Environment(variables).api(), metrics, lifetime);
      api.serve();
      apiKey = api.keys().create("sessions", Set.of("editor"));
      network = lifetime.open("network", () -> new TcpProxy("origin", "127.0.0.1", apiPort));
      URI origin = URI.create("http://127.0.0.1:" + network.port());
      workerd =
          lifetime.open(
              "workerd",
              () ->
                  new Workerd(
                      directory, kv.apiUrl().getAuthority(), "emulator/documents", sites(origin)));
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  private Map<String, String> variables(String user, Path models, KvEmulator kv) {
    Map<String, String> variables = new HashMap<>();
    variables.put("FOREBAY_INSTANCE", INSTANCE.name());
    variables.put("FOREBAY_DATABASE_URL", postgres.getJdbcUrl(user, "postgres"));
    variables.put("FOREBAY_DATABASE_USER", user);
    variables.put("FOREBAY_MODELS", models.toString());
    variables.put("FOREBAY_KV_BASE_URL", kv.apiUrl().toString());
    variables.put("FOREBAY_KV_ACCOUNT", "emulator");
    variables.put("FOREBAY_KV_NAMESPACE", "documents");
    variables.put("FOREBAY_KV_TOKEN", "good");
    variables.put("FOREBAY_VERIFY_HOURS", "0");
    variables.put("FOREBAY_TOKEN_SECRET", SECRET);
    variables.put("FOREBAY_TOKEN_SECRET_OLD", OLD_SECRET);
    variables.put("FOREBAY_TOKEN_COOKIE", "on");
    variables.put("FOREBAY_API_REQUESTS_PER_SECOND", "0");
    return variables;
  }

  /** Variables of the site at each location. */
  private static List<Map<String, String>> sites(URI origin) {
    return IntStream.rangeClosed(1, LOCATIONS)
        .mapToObj(number ->
            Map.of(
                "DOCUMENTS_PREFIX",
                INSTANCE.keyPrefix(),
                "FOREBAY_API_URL",
                origin.toString(),
                "FOREBAY_TOKEN_SECRET",
                number < LOCATIONS ? SECRET : OLD_SECRET,
                "FOREBAY_TOKEN_SECRET_OLD",
                number < LOCATIONS ? OLD_SECRET : SECRET))
        .toList();
  }

  /** What everybody shares: each article has an author and two tags. */
  private static String rows(int shared) {
    return """
    insert into author (slug, name) select 'u' || i, 'u' from generate_series(1, %1$d) i;
    insert into tag (slug, name) select 't' || i, 't' from generate_series(1, %1$d) i;
    insert into article (slug, title, published, author_id)
      select 'a' || i, 'a', true, 1 + i %% %1$d from generate_series(1, %2$d) i;
    insert into article_tag (article_id, tag_id)
      select i, 1 + (i * k) %% %1$d from generate_series(1, %2$d) i, (values (3), (5)) as two (k)
      on conflict do nothing;
    """
        .formatted(shared / 2, shared);
  }

  /** Asks the API about writes, past the network that can be cut. */
  URI api() {
    return URI.create("http://127.0.0.1:" + apiPort);
  }

  /** The key as documents have it, of one in KV; no other instance's is there. */
  static String unprefixed(String kvKey) {
    assertThat(kvKey).startsWith(INSTANCE.keyPrefix());
    return INSTANCE.unprefixed(kvKey);
  }

  /** What KV has accepted under a key of KV; empty if it holds nothing there. */
  Optional<String> accepted(String key) {
    return kv.namespace("emulator", "documents").find(key).map(StoredValue::text);
  }

  /** Waits until KV holds all that has been written. */
  void settle() {
    Awaitility.await("KV has it all").atMost(Duration.ofMinutes(2)).until(sync::isSettled);
  }

  /** Seconds between the database and KV; 0 while no worker leads. */
  double lagSeconds() {
    StatusReport.@Nullable Sync status = sync.status();
    return status == null ? 0 : status.syncLagSeconds();
  }

  /** Requests that the API has answered or refused, whatever they were. */
  long apiRequests() {
    return metrics.find("forebay.api.request").timers().stream().mapToLong(Timer::count).sum();
  }

  /** Origin reads, whatever became of them. */
  double originReads() {
    return metrics.get("forebay.origin.reads").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  /** Documents that origin reads have built. */
  double originQueries() {
    return metrics.get("forebay.origin.queries").counter().count();
  }

  /**
   * Statements that the API has sent to PostgreSQL, as PostgreSQL counts them; those are left out
   * that delete old replies and audit entries once a minute.
   */
  long apiStatements() throws SQLException {
    return Long.parseLong(
        ask(
            "select coalesce(sum(calls), 0) from pg_stat_statements s"
                + " join pg_roles r on r.oid = s.userid where r.rolname = '"
                + CLERK
                + "' and query not like 'delete from%'"));
  }

  String ask(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  Connection connect() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String resource(String name) throws Exception {
    try (InputStream in = SessionWorld.class.getResourceAsStream("/session/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }

  @Override
  public void close() {
    http.close();
    lifetime.close();
  }
}

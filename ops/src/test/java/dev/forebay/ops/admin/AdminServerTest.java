package dev.forebay.ops.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicReference<Optional<String>> database =
      new AtomicReference<>(Optional.empty());
  private final HttpClient http = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() {
    List<Check> checks =
        List.of(new Check("database", database::get), new Check("kv", Optional::empty));
    server =
        new AdminServer(
            new Endpoint("127.0.0.1", 0),
            metrics,
            new ProcessStatus("api", "forebay", checks, () -> null, () -> null));
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
    metrics.close();
  }

  @Test
  void livez_databaseDown_isStillOk() throws Exception {
    database.set(Optional.of("connection refused"));

    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void readyz_databaseDown_is503AndNamesIt() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    database.set(Optional.of("connection refused"));

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("database", "connection refused");
  }

  @Test
  void metrics_areInThePrometheusFormat() throws Exception {
    metrics.gauge("forebay.sync.lag.seconds", 1.5);

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.body()).contains("forebay_sync_lag_seconds 1.5");
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
  }

  @Test
  void client_readsTheStatus() throws Exception {
    try (AdminClient client = new AdminClient(URI.create(url("")))) {
      StatusReport report = AdminClient.parse(client.statusJson());

      assertThat(report.ready()).isTrue();
      assertThat(report.checks()).extracting(Check.Result::name).containsExactly("database", "kv");
    }
  }

  /** One document, which is dirty. */
  private static final class OneKey implements KeyDesk {

    private static final StatusReport.Lease LEASE = new StatusReport.Lease("leader", 7L, "me");
    private static final KeyReport REPORT =
        new KeyReport(
            "forebay",
            "note:a b&c",
            LEASE,
            new KeyReport.Worker(
                1.5,
                3,
                true,
                null,
                List.of("a problem"),
                new KeyReport.Dirty(
                    "spaced", "live", 1, 2.5, 0, Instant.EPOCH, Instant.EPOCH, "HTTP 500")));

    @Override
    public Optional<KeyReport> explain(String key) {
      return key.equals(REPORT.key()) ? Optional.of(REPORT) : Optional.empty();
    }

    @Override
    public DirtyReport dirty(Collection<String> kvKeys) {
      return new DirtyReport(
          "forebay", true, 1.5, kvKeys.stream().filter(REPORT.key()::equals).toList());
    }

    @Override
    public List<String> models() {
      return List.of("note");
    }
  }

  private AdminServer keys() {
    return new AdminServer(
        new Endpoint("127.0.0.1", 0),
        metrics,
        new ProcessStatus("sync", "forebay", List.of(), () -> null, () -> null),
        new OneKey());
  }

  @Test
  void client_asksForKeys() throws Exception {
    try (AdminServer other = keys();
        AdminClient client = new AdminClient(URI.create("http://127.0.0.1:" + other.port()))) {
      assertThat(client.explain("note:a b&c")).isEqualTo(OneKey.REPORT);
      assertThat(client.dirty(List.of("note:x", "note:a b&c")).dirty())
          .containsExactly("note:a b&c");
      assertThatThrownBy(() -> client.explain("tag:a"))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("/explain answered 404");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1, {}]", "[\"a\""})
  void explain_postOfWhatIsNoListOfKeys_isRefused(String body) throws Exception {
    try (AdminServer other = keys()) {
      assertThat(post(other, body)).isEqualTo(400);
    }
  }

  @Test
  void explain_postOfTooManyKeys_isRefused() throws Exception {
    String keys = "\"k\",".repeat(KeyDesk.MOST_KEYS);
    try (AdminServer other = keys()) {
      assertThat(post(other, "[" + keys + "\"k\"]")).isEqualTo(400);
      assertThat(post(other, "[\"" + "k".repeat(3_000_000) + "\"]")).isEqualTo(413);
      assertThat(post(other, "[" + keys + "null]")).isEqualTo(200);
    }
  }

  private int post(AdminServer to, String body) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + "/explain"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void explain_inAProcessThatKeepsNoDocuments_isNotFound() throws Exception {
    assertThat(get("/explain?key=note:a").statusCode()).isEqualTo(404);
  }

  @Test
  void client_nothingThere_namesTheAddress() {
    String url = url("");
    server.close();
    try (AdminClient client = new AdminClient(URI.create(url))) {
      assertThatThrownBy(client::statusJson)
          .isInstanceOf(IOException.class)
          .hasMessage("nothing answers at " + url);
    }
  }

  @Test
  void start_portTaken_namesTheVariable() {
    assertThatThrownBy(() ->
            new AdminServer(
                new Endpoint("127.0.0.1", server.port()),
                metrics,
                new ProcessStatus("api", "forebay", List.of(), () -> null, () -> null)))
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageStartingWith("FOREBAY_ADMIN_PORT: " + url("") + " cannot be bound: ");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }
}

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

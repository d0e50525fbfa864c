package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins may do. Requests are sent by hand, as a browser would. */
class CorsIT {

  private static final String LISTED = "https://app.example";

  private static TestApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi(ApiConfig.DEFAULT.withCorsOrigins(Set.of(LISTED, "http://localhost:3000")));
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {LISTED, "http://localhost:3000"})
  void preflight_ofAListedOrigin_needsNoKey(String origin) throws Exception {
    String answer =
        ask(
            "OPTIONS /v1/author/1",
            "Origin: " + origin,
            "Access-Control-Request-Method: PATCH",
            "Access-Control-Request-Headers: authorization,content-type,if-match");

    assertThat(answer).startsWith("HTTP/1.1 204");
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(origin);
    assertThat(header(answer, "Access-Control-Allow-Methods"))
        .isEqualTo("GET, HEAD, POST, PUT, PATCH, DELETE");
    assertThat(header(answer, "Access-Control-Allow-Headers").split(", "))
        .containsExactlyInAnyOrder(
            "Authorization",
            "Content-Type",
            "Prefer",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Forebay-Token",
            "X-Request-Id",
            "traceparent");
    assertThat(header(answer, "Access-Control-Max-Age")).isEqualTo("600");
    assertThat(header(answer, "Vary")).isEqualTo("Origin");
    assertThat(answer).doesNotContain("Access-Control-Allow-Credentials");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://APP.example",
        "https://app.example/",
        "null",
        "*"
      })
  void preflight_ofAnotherOrigin_isARequestWithoutAKey(String origin) throws Exception {
    String answer =
        ask("OPTIONS /v1/author/1", "Origin: " + origin, "Access-Control-Request-Method: GET");

    assertThat(answer).startsWith("HTTP/1.1 401").doesNotContain("Access-Control-");
    assertThat(header(answer, "Vary")).isEqualTo("Origin");
  }

  @Test
  void request_ofAListedOrigin_mayReadWhatItNeeds() throws Exception {
    String answer =
        ask("GET /v1/author/1", "Origin: " + LISTED, "Authorization: Bearer " + api.client.key());

    assertThat(answer).startsWith("HTTP/1.1 200");
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(LISTED);
    assertThat(header(answer, "Access-Control-Expose-Headers").split(", "))
        .containsExactlyInAnyOrder(
            "ETag",
            "Location",
            "Link",
            "Content-Location",
            "Preference-Applied",
            "Retry-After",
            "X-Request-Id",
            "Forebay-Token",
            "Forebay-Documents",
            "Forebay-Models",
            "Forebay-Wait");
    assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
  }

  @Test
  void problem_ofAListedOrigin_mayBeReadToo() throws Exception {
    String answer = ask("GET /v1/author/1", "Origin: " + LISTED);

    assertThat(answer).startsWith("HTTP/1.1 401");
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(LISTED);
  }

  @Test
  void request_ofAnotherOrigin_getsNoHeaderOfCors() throws Exception {
    String answer =
        ask(
            "GET /v1/author/1",
            "Origin: https://evil.example",
            "Authorization: Bearer " + api.client.key());

    assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("Access-Control-");
  }

  /** An OPTIONS that asks nothing of the kind is a request like any other. */
  @Test
  void options_withoutAQuestion_needsAKey() throws Exception {
    assertThat(ask("OPTIONS /v1/author/1", "Origin: " + LISTED)).startsWith("HTTP/1.1 401");
  }

  @Test
  void noOrigins_noCors() throws Exception {
    try (TestApi closed = new TestApi()) {
      String answer =
          ask(
              closed.server.port(),
              "OPTIONS /v1/author/1",
              "Origin: " + LISTED,
              "Access-Control-Request-Method: GET");

      assertThat(answer)
          .startsWith("HTTP/1.1 401")
          .doesNotContain("Access-Control-")
          .doesNotContain("Vary");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "https://*.example",
        "https://app.example/",
        "app.example",
        "https://App.example",
        "https://app.example:443",
        "http://app.example:80",
        "null",
        ""
      })
  void origin_thatNoBrowserSends_isRefusedAtTheStart(String origin) {
    assertThatThrownBy(() -> ApiConfig.DEFAULT.withCorsOrigins(Set.of(origin)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + origin + "' is no origin");
  }

  private static String ask(String line, String... headers) throws Exception {
    return ask(api.server.port(), line, headers);
  }

  private static String ask(int port, String line, String... headers) throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(
          line + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
      return client.answer();
    }
  }

  private static String header(String answer, String name) {
    return Arrays.stream(answer.split("\r\n"))
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("");
  }
}

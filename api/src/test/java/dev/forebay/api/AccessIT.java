package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets in, and what every answer carries. */
class AccessIT {

  private static TestApi api;
  private static String editor;
  private static String reader;
  private static String nobody;
  private static String revoked;
  private static String expired;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    editor = api.keys.create("editor", TestApi.EDITOR);
    reader = api.keys.create("reader", Set.of("reader", "other"));
    nobody = api.keys.create("nobody", Set.of());
    revoked = api.keys.create("revoked", TestApi.EDITOR);
    expired = api.keys.create("expired", TestApi.EDITOR);
    api.execute(
        """
        update forebay.api_key set revoked_at = now() where name = 'revoked';
        update forebay.api_key set expires_at = now() where name = 'expired';
        insert into author (id, name) values (1001, 'Ada');
        insert into author (id, name) values (1002, 'Bob')\
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "editor, 200, 201, 204",
    "reader, 403, 403, 403",
    "nobody, 403, 403, 403",
    "revoked, 401, 401, 401",
    "expired, 401, 401, 401",
    "unknown, 401, 401, 401",
    "none, 401, 401, 401"
  })
  void key_mayDo(String who, int get, int post, int delete) throws Exception {
    String authorization = authorization(who);
    TestClient client = api.client;

    assertThat(
            status(
                client.request("GET", "/v1/author/1001", BodyPublishers.noBody()), authorization))
        .isEqualTo(get);
    assertThat(
            status(
                client.request("HEAD", "/v1/author/1001", BodyPublishers.noBody()), authorization))
        .isEqualTo(get);
    assertThat(status(client.json("POST", "/v1/author", "{\"name\":\"New\"}"), authorization))
        .isEqualTo(post);
    assertThat(status(client.json("PATCH", "/v1/author/1001", "{\"name\":\"Ada\"}"), authorization))
        .isEqualTo(get);
    assertThat(
            status(
                client.request("DELETE", "/v1/author/1002", BodyPublishers.noBody()),
                authorization))
        .isEqualTo(delete);
    assertThat(status(client.request("GET", "/v1/nobodys", BodyPublishers.noBody()), authorization))
        .as("a resource without roles is for nobody")
        .isEqualTo(get == 401 ? 401 : 403);
    assertThat(status(client.request("GET", "/v1/nothing", BodyPublishers.noBody()), authorization))
        .as("only who has a key learns what exists")
        .isEqualTo(get == 401 ? 401 : 404);
    if (delete == 204) {
      api.execute("insert into author (id, name) values (1002, 'Bob')");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Basic dXNlcjpwYXNz",
    "Bearer",
    "Bearer ''",
    "Bearer fb_",
    "Bearer fb_ABC",
    "Bearer fb_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
    "Bearer a b"
  })
  void authorization_thatProvesNothing(String header) {
    Reply refused = reply(header);

    assertThat(refused.problem()).isEqualTo("unauthorised");
    assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer realm=\"forebay\", error=");
  }

  @Test
  void authorization_schemeInAnyCase() {
    assertThat(reply("bearer " + editor).status()).isEqualTo(200);
    assertThat(reply("Bearer   " + editor).status()).isEqualTo(200);
  }

  @Test
  void authorization_missing() {
    Reply refused = reply("");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"forebay\"");
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void key_isNotInTheTable() throws Exception {
    assertThat(
            api.ask(
                "select count(*) from forebay.api_key k where k::text like '%"
                    + editor.substring(3)
                    + "%'"))
        .isEqualTo("0");
    assertThat(editor).matches("fb_[a-z2-7]{32}");
  }

  @Test
  void replace_revokesTheOldKey() throws Exception {
    String old = api.keys.replace("development", TestApi.EDITOR);
    assertThat(reply("Bearer " + old).status()).isEqualTo(200);

    String fresh = api.keys.replace("development", TestApi.EDITOR);

    assertThat(reply("Bearer " + fresh).status()).isEqualTo(200);
    assertThat(reply("Bearer " + old).status()).isEqualTo(401);
  }

  @Test
  void ensure_bringsAKeyBack() throws Exception {
    String key = api.keys.create("kept", Set.of());
    assertThat(reply("Bearer " + key).status()).isEqualTo(403);

    api.keys.ensure(key, "kept", TestApi.EDITOR);
    assertThat(reply("Bearer " + key).status()).isEqualTo(200);
  }

  @Test
  void answer_carriesSecurityHeaders() {
    for (Reply answer :
        new Reply[] {api.client.get("/v1/author"), reply(""), api.client.get("/x")}) {
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
      assertThat(answer.header("Server")).isEmpty();
    }
  }

  @Test
  void requestId_isEchoedOrMade() {
    TestClient client = api.client;
    HttpRequest.Builder request = client.request("GET", "/v1/nothing", BodyPublishers.noBody());

    Reply echoed = client.send(request.copy().setHeader("X-Request-Id", "abc-123"));
    assertThat(echoed.header("X-Request-Id")).isEqualTo("abc-123");
    assertThat(echoed.json().path("requestId").asText()).isEqualTo("abc-123");

    for (String bad : new String[] {"a b", "x".repeat(129), "<script>"}) {
      Reply made = client.send(request.copy().setHeader("X-Request-Id", bad));
      assertThat(made.header("X-Request-Id")).matches("[0-9a-f-]{36}");
    }
  }

  @Test
  void method_thatIsNotAllowed() {
    Reply refused = api.client.send(api.client.json("POST", "/v1/author/1001", "{}"));

    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.problem()).isEqualTo("method-not-allowed");
    assertThat(refused.header("Allow")).contains("PATCH").contains("GET");
  }

  private static String authorization(String who) {
    return switch (who) {
      case "editor" -> "Bearer " + editor;
      case "reader" -> "Bearer " + reader;
      case "nobody" -> "Bearer " + nobody;
      case "revoked" -> "Bearer " + revoked;
      case "expired" -> "Bearer " + expired;
      case "unknown" -> "Bearer fb_" + "a".repeat(32);
      default -> "";
    };
  }

  private static Reply reply(String authorization) {
    HttpRequest.Builder request =
        api.client.request("GET", "/v1/author/1001", BodyPublishers.noBody());
    return authorization.isEmpty()
        ? api.client.send(without(request))
        : api.client.send(request.setHeader("Authorization", authorization));
  }

  private static int status(HttpRequest.Builder request, String authorization) {
    HttpRequest.Builder asked =
        authorization.isEmpty()
            ? without(request)
            : request.setHeader("Authorization", authorization);
    return api.client.send(asked).status();
  }

  private static HttpRequest.Builder without(HttpRequest.Builder request) {
    return HttpRequest.newBuilder(request.build(), (name, value) -> !name.equals("Authorization"));
  }
}

package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.docs.DocsAccess;
import dev.forebay.model.Instance;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may read the API's description, and how it is served. */
class DocsIT {

  private static TestApi api;
  private static ApiServer open;
  private static TestClient nobody;
  private static TestClient everybody;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    open =
        new ApiServer(
            ApiConfig.DEFAULT.at("127.0.0.1", 0).withDocs(DocsAccess.PUBLIC),
            api.pool,
            TestApi.RESOURCES,
            api.keys,
            Instance.DEFAULT);
    open.start();
    nobody = new TestClient(api.server.port(), "fb_" + "a".repeat(32));
    everybody = new TestClient(open.port(), "none");
  }

  @AfterAll
  static void stop() throws Exception {
    open.close();
    api.close();
  }

  @Test
  void document_needsAKeyOfAnyRole() throws Exception {
    TestClient guest = new TestClient(api.server.port(), api.keys.create("guest", Set.of()));

    assertThat(nobody.get("/openapi.json").problem()).isEqualTo("unauthorised");
    assertThat(guest.get("/openapi.json").status()).isEqualTo(200);
  }

  @Test
  void document_public() {
    Reply reply = everybody.get("/openapi.json");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("openapi").asText()).startsWith("3.1.");
    assertThat(reply.header("X-Request-Id")).isNotEmpty();
    assertThat(everybody.get("/v1/author").problem())
        .as("rows stay shut")
        .isEqualTo("unauthorised");
  }

  @Test
  void document_isRevalidated() {
    Reply first = api.client.get("/openapi.json");
    String tag = first.header("ETag");

    assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(first.header("Vary")).isEqualTo("Authorization");
    assertThat(conditional("/openapi.json", tag).status()).isEqualTo(304);
    assertThat(conditional("/openapi.json", "\"x\", W/" + tag).status()).isEqualTo(304);
    assertThat(conditional("/openapi.json", "\"x\"").status()).isEqualTo(200);
    assertThat(conditional("/openapi.json", tag).body()).isEmpty();
  }

  @Test
  void page_isEverybodysAndAllowsOnlyItsOwnScript() throws Exception {
    Reply page = nobody.get("/docs");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=utf-8");
    assertThat(page.header("Content-Security-Policy"))
        .startsWith("default-src 'none';")
        .contains(
            "script-src 'sha256-" + hash(page.body(), "script") + "';",
            "style-src 'sha256-" + hash(page.body(), "style") + "';",
            "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.body().split("<script", -1)).hasSize(2);
    assertThat(page.body().split("<style", -1)).hasSize(2);
    assertThat(page.body()).doesNotContain("src=", "http://", "https://", "innerHTML", " style=");
  }

  @Test
  void page_otherMethodsMeetTheGate() {
    assertThat(nobody.post("/docs", "{}").problem()).isEqualTo("unauthorised");
    assertThat(api.client.post("/docs", "{}").problem()).isEqualTo("method-not-allowed");
    assertThat(api.client.delete("/openapi.json").problem()).isEqualTo("method-not-allowed");
    assertThat(nobody.get("/docs/").problem()).isEqualTo("unauthorised");
  }

  private static Reply conditional(String path, String tag) {
    return api.client.send(
        api.client.request("GET", path, BodyPublishers.noBody()).setHeader("If-None-Match", tag));
  }

  private static String hash(String page, String element) throws Exception {
    String text = page.split("<" + element + ">", -1)[1].split("</" + element + ">", -1)[0];
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    return Base64.getEncoder().encodeToString(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}

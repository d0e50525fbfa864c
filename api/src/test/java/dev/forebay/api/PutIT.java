package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replacing rows, and creating them under a key that the client chose. */
class PutIT {

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void put_createsThenReplaces() {
    Reply created = client.put("/v1/guarded/1", "{\"note\":\"first\"}");
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo("/v1/guarded/1");
    assertThat(created.body()).isEqualTo("{\"id\":1,\"note\":\"first\"}");

    Reply replaced = client.put("/v1/guarded/1", "{\"id\":1,\"note\":\"second\"}");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.header("Content-Location")).isEqualTo("/v1/guarded/1");
    assertThat(replaced.header("ETag")).isNotEqualTo(created.header("ETag"));
    assertThat(client.get("/v1/guarded/1").body()).isEqualTo(replaced.body());
  }

  @Test
  void put_leftOutIsDefaultOrNull() {
    String article =
        client
            .post(
                "/v1/article",
                "{\"slug\":\"full\",\"title\":\"T\",\"status\":\"published\",\"words\":3}")
            .header("Location");

    Reply replaced = client.put(article, "{\"slug\":\"full\",\"title\":\"New\"}");

    assertThat(replaced.status()).as(replaced.toString()).isEqualTo(200);
    assertThat(replaced.json().path("title").asText()).isEqualTo("New");
    assertThat(replaced.json().path("status").asText()).isEqualTo("draft");
    assertThat(replaced.json().path("words").isNull()).isTrue();
  }

  @Test
  void put_keyThatClientsMayNotChooseIsReplacedOnly() throws Exception {
    assertThat(client.put("/v1/author/4711", "{\"name\":\"Nobody\"}").problem())
        .isEqualTo("not-found");
    assertThat(api.ask("select count(*) from author where id = 4711")).isEqualTo("0");
  }

  @Test
  void put_keyInBodyMustBeThatOfThePath() {
    assertThat(client.put("/v1/guarded/7", "{\"id\":8,\"note\":\"x\"}").errors())
        .containsExactly("/id must be the same as in the path, or left out");
    assertThat(client.put("/v1/author/7", "{\"id\":7,\"name\":\"x\"}").errors())
        .containsExactly("/id cannot be written");
  }

  @Test
  void put_everythingThatIsWrong() {
    assertThat(client.put("/v1/article/1", "{\"slug\":null,\"wrods\":1,\"words\":70000}").errors())
        .containsExactly(
            "/wrods is not known here",
            "/slug must not be null",
            "/words must be an integer from -32768 to 32767",
            "/title is required");
  }

  @Test
  void put_ifNoneMatchCreatesOnly() {
    assertThat(client.put("/v1/guarded/20", "{\"note\":\"a\"}", "If-None-Match", "*").status())
        .isEqualTo(201);
    Reply second = client.put("/v1/guarded/20", "{\"note\":\"b\"}", "If-None-Match", "*");
    assertThat(second.problem()).isEqualTo("precondition-failed");
    assertThat(second.status()).isEqualTo(412);
    assertThat(client.get("/v1/guarded/20").json().path("note").asText()).isEqualTo("a");
  }

  @Test
  void put_ifMatchNeverCreates() {
    assertThat(client.put("/v1/guarded/30", "{\"note\":\"a\"}", "If-Match", "*").status())
        .isEqualTo(404);
    assertThat(client.put("/v1/guarded/30", "{\"note\":\"a\"}", "If-Match", "\"1\"").status())
        .isEqualTo(404);
  }

  @Test
  void put_compositeKeyInPartitions() {
    Reply created = client.put("/v1/reading/1/2026-05-01", "{\"note\":\"a\"}");
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    Reply replaced =
        client.put(
            "/v1/reading/1/2026-05-01", "{\"note\":\"b\"}", "If-Match", created.header("ETag"));
    assertThat(replaced.status()).as(replaced.toString()).isEqualTo(200);
    assertThat(
            client
                .patch(
                    "/v1/reading/1/2026-05-01",
                    "{\"taken\":\"2027-05-01\"}",
                    "If-Match",
                    replaced.header("ETag"))
                .header("Content-Location"))
        .isEqualTo("/v1/reading/1/2027-05-01");
  }

  @Test
  void put_keyThatRefersToNothing() {
    Reply refused = client.put("/v1/label/999999/x", "{}");

    assertThat(refused.problem()).as(refused.toString()).isEqualTo("invalid-reference");
    assertThat(refused.errors()).containsExactly("/article_id refers to no existing row");
  }

  @Test
  void put_rowThatATriggerDrops() {
    assertThat(client.put("/v1/guarded/40", "{\"note\":\"vanish\"}").problem())
        .isEqualTo("constraint-violation");
  }

  @Test
  void put_anotherRowsUniqueValue() {
    client.post("/v1/article", "{\"slug\":\"taken\",\"title\":\"T\"}");
    String other =
        client.post("/v1/article", "{\"slug\":\"free\",\"title\":\"T\"}").header("Location");

    Reply refused = client.put(other, "{\"slug\":\"taken\",\"title\":\"T\"}");

    assertThat(refused.problem()).isEqualTo("unique-violation");
    assertThat(refused.errors()).containsExactly("/slug is taken by another row");
  }
}

package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.forebay.api.TestClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are refused before any SQL, or by PostgreSQL, and leave the database as it was. */
class ContentIT {

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
    api.execute("insert into author (name) values ('Ada')");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void create_reportsEverythingAtOnce() {
    Reply refused =
        client.post(
            "/v1/article",
            """
            {"title":"twenty-one characters","status":"gone","words":40000,"id":7,"nope":1,\
            "free":"yes","tags":["a",1],"extra":{"deep":["\\u0000"]},"a/b~c":1}\
            """);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.problem()).isEqualTo("invalid-content");
    assertThat(refused.errors())
        .containsExactlyInAnyOrder(
            "/slug is required",
            "/title must have at most 20 characters",
            "/status must be one of draft, published",
            "/words must be an integer from -32768 to 32767",
            "/id cannot be written",
            "/nope is not known here",
            "/a~1b~0c is not known here",
            "/free must be true or false",
            "/tags/1 must be a string",
            "/extra/deep/0 must not contain U+0000");
  }

  @Test
  void patch_demandsNothingButRefusesNull() {
    assertThat(client.patch("/v1/author/1", "{\"name\":null}").errors())
        .containsExactly("/name must not be null");
  }

  static Stream<Arguments> refusedValues() {
    return Stream.of(
        argumentSet("day that is none", "day", "\"2026-02-30\""),
        argumentSet("day in another order", "day", "\"30.01.2026\""),
        argumentSet("day with words", "day", "\"tomorrow\""),
        argumentSet("time without offset", "published_at", "\"2026-01-01T00:00:00\""),
        argumentSet("offset where none belongs", "local_at", "\"2026-01-01T00:00:00Z\""),
        argumentSet("fraction for an integer", "words", "1.5"),
        argumentSet("huge exponent", "words", "1e999999999"),
        argumentSet("tiny exponent", "words", "1e-999999999"),
        argumentSet("huge exponent for numeric", "price", "1e999999999"),
        argumentSet("huge exponent for float", "score", "1e999999999"),
        argumentSet("exponent beyond 32 bits", "score", "1e99999999999"),
        argumentSet("scale", "price", "\"1.005\""),
        argumentSet("precision", "price", "12345"),
        argumentSet("bigint overflow", "author_id", "\"9223372036854775808\""),
        argumentSet("number as words", "price", "\"one\""),
        argumentSet("SQL as number", "price", "\"1); drop table article\""),
        argumentSet("uuid", "token", "\"0f8fad5b\""),
        argumentSet("string for boolean", "free", "\"true\""),
        argumentSet("number for text", "title", "1"),
        argumentSet("object for text", "title", "{}"),
        argumentSet("array for text", "title", "[\"a\"]"),
        argumentSet("text for array", "tags", "\"{a}\""),
        argumentSet("ragged array", "tags", "[[\"a\"],[\"b\",\"c\"]]"),
        argumentSet("NUL", "title", "\"a\\u0000b\""),
        argumentSet("half a surrogate pair", "title", "\"a\\ud83d\""),
        argumentSet("half a pair as a key in JSON", "extra", "{\"\\udc00\":1}"),
        argumentSet("label in another case", "status", "\"Draft\""),
        argumentSet("check of a domain", "slug", "\"NOT A SLUG\""),
        argumentSet("check of a table", "words", "-1"),
        argumentSet("row that does not exist", "author_id", "99999"));
  }

  @ParameterizedTest
  @MethodSource("refusedValues")
  void create_refusedValue(String column, String value) throws Exception {
    String fallback = column.equals("slug") ? "" : "\"slug\":\"refused\",";
    String title = column.equals("title") ? "" : "\"title\":\"T\",";

    Reply refused =
        client.post("/v1/article", "{" + fallback + title + "\"" + column + "\":" + value + "}");

    assertThat(refused.status()).as(refused.toString()).isIn(400, 422);
    assertThat(refused.problem()).isNotEmpty();
    assertThat(refused.body())
        .doesNotContainIgnoringCase("insert")
        .doesNotContainIgnoringCase("exception")
        .doesNotContain("99999")
        .doesNotContain("NOT A SLUG");
    assertThat(api.ask("select count(*) from article")).isEqualTo("0");
  }

  static Stream<Arguments> malformedBodies() {
    return Stream.of(
        argumentSet("empty", ""),
        argumentSet("cut off", "{\"name\":"),
        argumentSet("two values", "{\"name\":\"a\"} {}"),
        argumentSet("member twice", "{\"name\":\"a\",\"name\":\"b\"}"),
        argumentSet("member twice, escaped", "{\"name\":\"a\",\"n\\u0061me\":\"b\"}"),
        argumentSet("single quotes", "{'name':'a'}"),
        argumentSet("comment", "{\"name\":\"a\"/**/}"),
        argumentSet("trailing comma", "{\"name\":\"a\",}"),
        argumentSet("NaN", "{\"name\":NaN}"),
        argumentSet("leading zero", "{\"name\":01}"),
        argumentSet("control character", "{\"name\":\"a\nb\"}"),
        argumentSet("byte order mark", "\ufeff{\"name\":\"a\"}"),
        argumentSet("long number", "{\"name\":" + "9".repeat(5_000) + "}"),
        argumentSet("deep arrays", "{\"name\":" + "[".repeat(100_000)),
        argumentSet("deep objects", "{\"a\":".repeat(100_000)));
  }

  @ParameterizedTest
  @MethodSource("malformedBodies")
  void create_malformedBody(String body) throws Exception {
    Reply refused = client.post("/v1/author", body);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.problem()).isEqualTo("malformed-request");
    assertThat(api.ask("select count(*) from author")).isEqualTo("1");
  }

  @Test
  void create_bodyThatIsNoObject() {
    for (String body : new String[] {"1", "\"x\"", "null", "true"}) {
      assertThat(client.post("/v1/author", body).errors()).containsExactly(" must be an object");
    }
  }

  @Test
  void create_bodyThatIsNotUtf8() {
    byte[] latin1 = {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xe4, '"', '}'};

    Reply refused =
        client.send(
            client
                .request("POST", "/v1/author", BodyPublishers.ofByteArray(latin1))
                .setHeader("Content-Type", "application/json"));

    assertThat(refused.problem()).isEqualTo("malformed-request");
  }

  @Test
  void create_mediaTypes() {
    String body = "{\"name\":\"a\"}";
    for (String type :
        new String[] {
          "text/plain", "application/merge-patch+json", "application/json; charset=latin1", ""
        }) {
      assertThat(client.post("/v1/author", body, "Content-Type", type).status())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(client.patch("/v1/author/1", body, "Content-Encoding", "gzip").status())
        .isEqualTo(415);
    for (String type :
        new String[] {
          "application/json;charset=UTF-8", "Application/JSON", "application/merge-patch+json"
        }) {
      assertThat(client.patch("/v1/author/1", body, "Content-Type", type).status())
          .as(type)
          .isEqualTo(200);
    }
  }

  @Test
  void injection_throughNames() throws Exception {
    String name = "name\\\") values ('x'); drop table author; --";

    assertThat(client.post("/v1/author", "{\"name\":\"a\",\"" + name + "\":1}").status())
        .isEqualTo(422);
    assertThat(client.patch("/v1/author/1", "{\"" + name + "\":1}").status()).isEqualTo(422);
    assertThat(api.ask("select count(*) from author")).isEqualTo("1");
  }

  @Test
  void injection_throughValues() throws Exception {
    String value = "'; drop table author; -- $1 ? ?? {fn now()} \\";

    Reply changed =
        client.patch("/v1/author/1", "{\"name\":\"" + value.replace("\\", "\\\\") + "\"}");

    assertThat(changed.json().path("name").asText()).isEqualTo(value);
    assertThat(api.ask("select name from author")).isEqualTo(value);
    client.patch("/v1/author/1", "{\"name\":\"Ada\"}");
  }

  @Test
  void injection_throughKeys() throws Exception {
    for (String key :
        new String[] {
          "1%20or%201=1",
          "1;drop%20table%20author",
          "1'--",
          "1)%20or%20(1=1",
          "%27%20or%20%27%27=%27"
        }) {
      assertThat(client.get("/v1/author/" + key).status()).as(key).isEqualTo(404);
      assertThat(client.delete("/v1/author/" + key).status()).as(key).isEqualTo(404);
      assertThat(client.get("/v1/author?after=" + key).status()).as(key).isEqualTo(400);
    }
    assertThat(api.ask("select count(*) from author")).isEqualTo("1");
  }

  @Test
  void injection_throughArrays() {
    Reply created =
        client.post(
            "/v1/article",
            "{\"slug\":\"inject\",\"title\":\"T\",\"tags\":[\"a\\\",\\\"b\",\"}'; drop\",\"NULL\"]}");

    assertThat(created.json().path("tags").toString())
        .isEqualTo("[\"a\\\",\\\"b\",\"}'; drop\",\"NULL\"]");
    client.delete(created.header("Location"));
  }
}

package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.api.TestClient.Reply;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** SQL in every place that a request has: it is data, or it is refused, and never runs. */
class InjectionIT {

  static final List<String> ATTACKS =
      List.of(
          "'; drop table author; --",
          "\"; drop table author; --",
          "1; delete from author",
          "1 or 1=1",
          "' or ''='",
          "\" or \"\"=\"",
          "x' union select secret from author --",
          "(select secret from author limit 1)",
          "id\" is null or \"id",
          "id\" desc, (select pg_sleep(9)), \"id",
          "name\") values ('owned'); --",
          "name\" = secret, \"name",
          "name = (select secret from author limit 1)",
          "$$; drop table author; $$",
          "\\'; drop table author; --",
          "'||(select secret from author limit 1)||'",
          "',pg_sleep(9))--",
          "1::text",
          "secret",
          "author.secret",
          "w.secret",
          "extra->>'a'",
          "{0,0}",
          "{1}') or ('1'='1",
          "?",
          "$1",
          "?::text; --",
          "/*",
          "*/ union select 1 /*",
          "ʼ or 1=1",
          "＇ or 1=1 --",
          "x\ny; drop table author; --");

  private static final String STATE =
      "select md5(concat((select string_agg(a::text, '' order by id) from author a),"
          + " (select string_agg(a::text, '' order by id) from article a)))";

  private static TestApi api;
  private static String before;
  private static final JsonMapper MAPPER = new JsonMapper();

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    api.execute("insert into author (name) values ('Ada'), ('Grace')");
    api.execute("insert into article (slug, title, extra) values ('one', 'One', '{\"a\": 1}')");
    before = api.ask(STATE);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  /** Where an attack may be stored, the test takes it out again: nothing else may have changed. */
  @AfterEach
  void database_isAsItWas() throws Exception {
    assertThat(api.ask(STATE)).isEqualTo(before);
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void path_resourceAndKey(String attack) {
    refused(api.client.get("/v1/" + encoded(attack)));
    refused(api.client.get("/v1/author/" + encoded(attack)));
    refused(api.client.delete("/v1/author/" + encoded(attack)));
    refused(api.client.get("/v1/odd/" + encoded(attack) + "/1"));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void list_order(String attack) {
    refused(api.client.get("/v1/author?order=" + encoded(attack)));
    refused(api.client.get("/v1/author?order=-" + encoded(attack)));
    refused(api.client.get("/v1/author?order=id," + encoded(attack)));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void list_fields(String attack) {
    refused(api.client.get("/v1/author?fields=" + encoded(attack)));
    refused(api.client.get("/v1/author/1?fields=id," + encoded(attack)));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void list_filterNames(String attack) {
    refused(api.client.get("/v1/author?" + encoded(attack) + "=1"));
    refused(api.client.get("/v1/author?" + encoded(attack) + ".eq=1"));
    refused(api.client.get("/v1/author?name." + encoded(attack) + "=1"));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void list_filterValues(String attack) {
    for (String comparison : List.of("", ".ne", ".lt", ".gte", ".in", ".is")) {
      Reply texts = api.client.get("/v1/author?name" + comparison + "=" + encoded(attack));
      assertThat(texts.status()).as("%s", texts).isIn(200, 400);
      harmless(texts);
      refused(api.client.get("/v1/article?words" + comparison + "=" + encoded(attack)));
      refused(api.client.get("/v1/article?status" + comparison + "=" + encoded(attack)));
    }
    assertThat(api.client.get("/v1/author?name=" + encoded(attack)).body()).isEqualTo("[]");
    refused(api.client.get("/v1/author?limit=" + encoded(attack)));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void list_cursor(String attack) throws Exception {
    refused(api.client.get("/v1/author?after=" + encoded(attack)));
    String json = MAPPER.writeValueAsString(List.of(attack));
    String word =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    refused(api.client.get("/v1/author?after=" + word));
    String two = MAPPER.writeValueAsString(List.of(attack, "1"));
    String words =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(two.getBytes(StandardCharsets.UTF_8));
    harmless(api.client.get("/v1/author?order=name&after=" + words));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void body_columnNames(String attack) {
    String body = object(attack, "1").put("name", "x").toString();

    refused(api.client.post("/v1/author", body));
    refused(api.client.patch("/v1/author/1", object(attack, "1").toString()));
    refused(api.client.send(api.client.json("PUT", "/v1/author/1", body)));
    refused(api.client.post("/v1/author", "[" + body + "]"));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void body_values(String attack) throws Exception {
    Reply stored = api.client.post("/v1/author", object("name", attack).toString());
    assertThat(stored.status()).as("%s", stored).isEqualTo(201);
    assertThat(stored.json().path("name").asText()).isEqualTo(attack);
    String rows = "[" + object("name", attack) + "," + object("name", attack) + "]";
    assertThat(api.client.post("/v1/author", rows).status()).isEqualTo(201);
    String patch =
        "{\"extra\":"
            + object(attack, attack)
            + ",\"tags\":["
            + object("x", attack).get("x")
            + "]}";
    Reply merged = api.client.patch("/v1/article/1", patch);
    assertThat(merged.json().path("extra").path(attack).asText()).isEqualTo(attack);
    assertThat(merged.json().path("tags").path(0).asText()).isEqualTo(attack);
    for (String column : List.of("words", "price", "token", "day", "status", "counts", "free")) {
      refused(api.client.patch("/v1/article/1", object(column, attack).toString()));
    }

    assertThat(
            api.ask("select count(*) from author where name = '" + attack.replace("'", "''") + "'"))
        .isEqualTo("3");
    api.execute("delete from author where id > 2");
    api.execute("update article set extra = '{\"a\": 1}', tags = null");
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void batch_operations(String attack) {
    ObjectNode delete = object("op", "delete");
    delete.putArray("key").add(attack);
    Reply bulk = api.client.post("/v1/author/bulk", "[" + delete + "]");
    assertThat(bulk.json().at("/0/status").asInt()).as("%s", bulk).isEqualTo(404);
    harmless(bulk);
    refused(
        api.client.post(
            "/v1/transactions", "{\"operations\":[" + delete.put("resource", "author") + "]}"));
    refused(
        api.client.post(
            "/v1/transactions", "{\"operations\":[" + delete.put("resource", attack) + "]}"));
    refused(api.client.post("/v1/author/bulk", "[" + object("op", attack) + "]"));
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void batch_jsonPaths(String attack) {
    for (String path : List.of("/0/" + attack, "/" + attack + "/id", attack)) {
      ObjectNode second = object("op", "create").put("resource", "article");
      second
          .putObject("value")
          .put("slug", "s")
          .put("title", "t")
          .putObject("author_id")
          .put("$ref", path);
      refused(
          api.client.post(
              "/v1/transactions",
              "{\"operations\":[{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":\"x\"}},"
                  + second
                  + "]}"));
    }
  }

  @ParameterizedTest
  @FieldSource("ATTACKS")
  void headers(String attack) throws Exception {
    String value = attack.replaceAll("[^ -~]", "");
    for (String header :
        List.of("Prefer", "If-None-Match", "Idempotency-Key", "X-Request-Id", "traceparent")) {
      HttpRequest.Builder request =
          api.client.json("POST", "/v1/author", "{\"name\":\"by header\"}");
      Reply reply = api.client.send(request.setHeader(header, value));
      assertThat(reply.status()).as("%s: %s", header, reply).isLessThan(500);
      harmless(reply);
    }
    HttpRequest.Builder read = api.client.request("GET", "/v1/author/1", BodyPublishers.noBody());
    harmless(
        api.client.send(read.setHeader("If-None-Match", "\"" + value.replace("\"", "") + "\"")));
    HttpRequest.Builder change = api.client.json("PATCH", "/v1/author/1", "{\"name\":\"x\"}");
    refused(
        api.client.send(change.setHeader("If-Match", "\"" + value.replaceAll("[\" ]", "") + "\"")));
    api.execute("delete from author where id > 2");
  }

  private static void refused(Reply reply) {
    assertThat(reply.status()).as("%s", reply).isBetween(400, 499);
    harmless(reply);
  }

  private static void harmless(Reply reply) {
    assertThat(reply.status()).as("%s", reply).isLessThan(500);
    assertThat(reply.body())
        .as("%s", reply)
        .doesNotContain("never shown", "ERROR:", "syntax error", "PSQLException", "SQLSTATE");
  }

  private static ObjectNode object(String name, String value) {
    return JsonNodeFactory.instance.objectNode().put(name, value);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

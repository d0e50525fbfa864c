package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.TestClient.Reply;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests for many rows: arrays, transactions over several resources, and independent items. */
class ManyRowsIT {

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
  void array_isCreatedInItsOrder() {
    String body =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"name\":\"array-%03d\"}".formatted(i))
            .collect(Collectors.joining(",", "[", "]"));

    Reply created = client.post("/v1/author", body);

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(created.json()).hasSize(1000);
    assertThat(created.json()).extracting(row -> row.path("name").asText()).isSorted();
    assertThat(created.json()).extracting(row -> row.path("id").asLong()).isSorted();
  }

  @Test
  void array_ofDifferentColumns() {
    Reply created =
        client.post(
            "/v1/article",
            """
            [{"slug":"m-1","title":"A","tags":["x","y"],"extra":{"a":[1.50]}},
             {"slug":"m-2","title":"B","tags":null,"extra":null},
             {"slug":"m-3","title":"C"}, {"title":"D","slug":"m-4"}, {"slug":"m-5","title":"E","words":5}]\
            """);

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(created.json())
        .extracting(row -> row.path("title").asText())
        .containsExactly("A", "B", "C", "D", "E");
    assertThat(created.json().get(0).path("tags")).hasSize(2);
    assertThat(created.body()).contains("\"extra\":{\"a\": [1.50]}");
    assertThat(created.json().get(1).path("extra").isNull()).isTrue();
    assertThat(created.json().get(2).path("status").asText()).isEqualTo("draft");
  }

  @Test
  void array_everyFaultAtOnce() {
    Reply refused = client.post("/v1/author", "[{\"name\":\"a\"},{},{\"name\":1,\"x\":2},3]");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.errors())
        .containsExactly(
            "/1/name is required",
            "/2/x is not known here",
            "/2/name must be a string",
            "/3 must be an object");
  }

  @Test
  void array_isAllOrNothingAndSaysWhichRow() throws Exception {
    Reply refused =
        client.post(
            "/v1/article",
            """
            [{"slug":"n-1","title":"A"},{"slug":"n-2","title":"B"},{"slug":"n-1","title":"C"}]\
            """);

    assertThat(refused.problem()).isEqualTo("unique-violation");
    assertThat(refused.errors()).containsExactly("/2/slug is taken by another row");
    assertThat(api.ask("select count(*) from article where slug like 'n-%'")).isEqualTo("0");
  }

  @Test
  void array_constraintThatWaitsForTheCommit() throws Exception {
    Reply refused =
        client.post(
            "/v1/event",
            """
            [{"at":"2032-01-01T00:00:00Z","what":"twice"},{"at":"2032-01-02T00:00:00Z","what":"twice"}]\
            """);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
    assertThat(refused.problem()).isEqualTo("unique-violation");
    assertThat(api.ask("select count(*) from event where what = 'twice'")).isEqualTo("0");
  }

  @Test
  void array_ofWrongSize() {
    assertThat(client.post("/v1/author", "[]").problem()).isEqualTo("malformed-request");
    String body = "[" + "{\"name\":\"x\"},".repeat(1000) + "{\"name\":\"x\"}]";
    assertThat(client.post("/v1/author", body).problem()).isEqualTo("malformed-request");
  }

  @Test
  void array_minimal() {
    Reply created =
        client.post(
            "/v1/author", "[{\"name\":\"a\"},{\"name\":\"b\"}]", "Prefer", "return=minimal");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body()).isEmpty();
  }

  @Test
  void transaction_laterOperationsReferToEarlierOnes() throws Exception {
    Reply done =
        client.post(
            "/v1/transactions",
            """
            {"operations":[
              {"op":"create","resource":"author","value":{"name":"Ada"}},
              {"op":"create","resource":"article",
               "value":{"slug":"t-1","title":"T","author_id":{"$ref":"/0/id"}}},
              {"op":"patch","resource":"article","key":[{"$ref":"/1/id"}],
               "value":{"words":7,"extra":{"$ref":"/0/id"}}},
              {"op":"put","resource":"guarded","key":["700"],"value":{"note":{"$ref":"/1/slug"}}},
              {"op":"create","resource":"author","value":{"name":"Gone"}},
              {"op":"delete","resource":"author","key":[{"$ref":"/4/id"}]}]}\
            """);

    assertThat(done.status()).as(done.toString()).isEqualTo(200);
    JsonNode results = done.json().path("results");
    assertThat(results)
        .extracting(one -> one.path("status").asInt())
        .containsExactly(201, 201, 200, 201, 201, 204);
    String author = results.get(0).path("value").path("id").asText();
    assertThat(results.get(1).path("value").path("author_id").asText()).isEqualTo(author);
    assertThat(results.get(2).path("value").path("words").asInt()).isEqualTo(7);
    assertThat(results.get(2).path("value").path("extra").path("$ref").asText())
        .as("what is inside a JSON column is data")
        .isEqualTo("/0/id");
    assertThat(results.get(2).path("location").asText())
        .isEqualTo(results.get(1).path("location").asText());
    assertThat(client.get(results.get(2).path("location").asText()).header("ETag"))
        .isEqualTo(results.get(2).path("etag").asText());
    assertThat(api.ask("select note from guarded where id = 700")).isEqualTo("t-1");
    assertThat(api.ask("select count(*) from author where name = 'Gone'")).isEqualTo("0");
  }

  @Test
  void transaction_isAllOrNothing() throws Exception {
    Reply refused =
        client.post(
            "/v1/transactions",
            """
            {"operations":[
              {"op":"create","resource":"author","value":{"name":"Rolled back"}},
              {"op":"create","resource":"article","value":{"slug":"t-2","title":"T","author_id":-1}}]}\
            """);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
    assertThat(refused.problem()).isEqualTo("invalid-reference");
    assertThat(refused.errors())
        .containsExactly("/operations/1/value/author_id refers to no existing row");
    assertThat(api.ask("select count(*) from author where name = 'Rolled back'")).isEqualTo("0");
  }

  @Test
  void transaction_preconditionsAndAbsentRows() throws Exception {
    Reply author = client.post("/v1/author", "{\"name\":\"Ada\"}");
    String id = author.json().path("id").asText();
    String operation =
        "{\"operations\":[{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":\"No\"}},"
            + "{\"op\":\"patch\",\"resource\":\"author\",\"key\":[\"%s\"],\"value\":{\"name\":\"Bea\"},\"ifMatch\":%s}]}";
    String tag = author.header("ETag").replace("\"", "\\\"");

    Reply stale = client.post("/v1/transactions", operation.formatted(id, "\"\\\"0\\\"\""));
    assertThat(stale.status()).as(stale.toString()).isEqualTo(412);
    assertThat(stale.errors()).containsExactly("/operations/1 is the operation that failed");
    assertThat(client.post("/v1/transactions", operation.formatted("-5", "\"*\"")).status())
        .isEqualTo(404);
    assertThat(api.ask("select count(*) from author where name = 'No'")).isEqualTo("0");
    assertThat(client.post("/v1/transactions", operation.formatted(id, "\"" + tag + "\"")).status())
        .isEqualTo(200);
  }

  @Test
  void transaction_everyFaultOfFormAtOnce() {
    Reply refused =
        client.post(
            "/v1/transactions",
            """
            {"operations":[
              {"op":"create","resource":"authro","value":{}},
              {"op":"upsert","resource":"author"},
              {"op":"delete","resource":"author","key":"5"},
              {"op":"patch","resource":"author","key":[{"$ref":"/9/id"}],"value":{"name":{"$ref":"/2/name"}}},
              {"op":"create","resource":"author","key":["1"],"value":{"name":"x"},"x":1},
              {"op":"delete","resource":"author","key":["1"],"ifMatch":5},
              7]}\
            """);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.errors())
        .containsExactly(
            "/operations/0/resource must be the name of a resource",
            "/operations/1/op must be create, put, patch or delete",
            "/operations/2/key must be an array, one element for each column of the key: 1",
            "/operations/3/key/0 must refer to an earlier operation, as in {\"$ref\": \"/0/id\"}",
            "/operations/4/x is not known here",
            "/operations/4/key is not for this operation",
            "/operations/5/ifMatch must be a string",
            "/operations/5 If-Match must be *, or up to 100 entity tags in double quotes as answers gave them.",
            "/operations/6 must be an object");
    assertThat(client.post("/v1/transactions", "{\"operation\":[]}").errors())
        .containsExactly("/operation is not known here");
    assertThat(client.post("/v1/transactions", "{\"operations\":[]}").errors())
        .containsExactly("/operations must be an array of 1 to 100 operations");
  }

  @Test
  void transaction_referencesToNothing() {
    Reply refused =
        client.post(
            "/v1/transactions",
            """
            {"operations":[
              {"op":"delete","resource":"author","key":["1"]},
              {"op":"create","resource":"author","value":{"name":"x"}},
              {"op":"create","resource":"author","value":{"name":{"$ref":"/0/name"}}},
              {"op":"create","resource":"author","value":{"name":{"$ref":"/1/secret"}}},
              {"op":"create","resource":"author","value":{"name":{"$ref":"/4/name"}}}]}\
            """);

    assertThat(refused.errors())
        .containsExactly(
            "/operations/2/value/name refers to a row that is deleted",
            "/operations/3/value/name refers to a column that the resource does not show",
            "/operations/4/value/name must refer to an earlier operation, as in {\"$ref\": \"/0/id\"}");
  }

  @Test
  void bulk_itemsAreIndependent() throws Exception {
    Reply done =
        client.post(
            "/v1/article/bulk",
            """
            [{"op":"create","value":{"slug":"b-1","title":"A"}},
             {"op":"create","value":{"slug":"b-1","title":"B"}},
             {"op":"create","value":{"slug":"b-2","title":7}},
             {"op":"create","value":{"slug":"b-3","title":"C"}},
             {"op":"patch","key":["0"],"value":{"title":"D"}},
             {"op":"delete","key":["0"]}]\
            """);

    assertThat(done.status()).as(done.toString()).isEqualTo(207);
    assertThat(done.json())
        .extracting(one -> one.path("status").asInt())
        .containsExactly(201, 409, 422, 201, 404, 404);
    assertThat(done.json().get(1).path("problem").path("errors").get(0).path("pointer").asText())
        .isEqualTo("/1/value/slug");
    assertThat(done.json().get(2).path("problem").path("errors").get(0).path("pointer").asText())
        .isEqualTo("/2/value/title");
    assertThat(
            api.ask(
                "select string_agg(slug, ',' order by slug) from article where slug like 'b-%'"))
        .isEqualTo("b-1,b-3");
  }

  @Test
  void bulk_deferredConstraintsAreOfTheItem() throws Exception {
    Reply done =
        client.post(
            "/v1/event/bulk",
            """
            [{"op":"create","value":{"at":"2031-01-01T00:00:00Z","what":"same"}},
             {"op":"create","value":{"at":"2031-01-02T00:00:00Z","what":"same"}},
             {"op":"put","key":["2031-01-03T00:00:00+00:00"],"value":{"what":"other"}}]\
            """);

    assertThat(done.status()).as(done.toString()).isEqualTo(207);
    assertThat(done.json())
        .extracting(one -> one.path("status").asInt())
        .containsExactly(201, 409, 201);
    assertThat(api.ask("select count(*) from event where at > '2031-01-01' or what = 'same'"))
        .isEqualTo("2");
  }

  @Test
  void bulk_deadlockTriesAllAgain() {
    Reply done =
        client.post(
            "/v1/guarded/bulk",
            """
            [{"op":"create","value":{"id":801,"note":"a"}},
             {"op":"create","value":{"id":802,"note":"deadlock until 2"}},
             {"op":"create","value":{"id":803,"note":"b"}}]\
            """);

    assertThat(done.json())
        .as(done.toString())
        .extracting(one -> one.path("status").asInt())
        .containsExactly(201, 201, 201);
  }

  @Test
  void bulk_endsWhereTimeOrRoomAreMissing() throws Exception {
    Reply slow =
        client.post(
            "/v1/guarded/bulk",
            "[{\"op\":\"create\",\"value\":{\"id\":810,\"note\":\"fine\"}},"
                + "{\"op\":\"create\",\"value\":{\"id\":811,\"note\":\"sleep 20\"}}]");
    assertThat(slow.status()).as(slow.toString()).isEqualTo(503);
    assertThat(slow.problem()).isEqualTo("timed-out");
    assertThat(api.ask("select count(*) from guarded where id in (810, 811)")).isEqualTo("0");

    api.execute("insert into guarded values (820, repeat('x', 1000000))");
    String items =
        String.join(
            ",",
            java.util.Collections.nCopies(30, "{\"op\":\"patch\",\"key\":[\"820\"],\"value\":{}}"));
    Reply large = client.post("/v1/guarded/bulk", "[" + items + "]");
    assertThat(large.status()).as(large.toString()).isEqualTo(413);
    api.execute("delete from guarded where id = 820");
  }

  @Test
  void list_ofVeryLargeRowsIsManyPages() throws Exception {
    api.execute(
        "insert into guarded select i, repeat('y', 1000000) from generate_series(900, 911) i");
    String next = "/v1/guarded?id.gte=900&id.lte=911";
    int rows = 0;
    int pages = 0;
    while (!next.isEmpty()) {
      Reply page = client.get(next);
      rows += page.json().size();
      pages++;
      String link = page.header("Link");
      next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
    }
    assertThat(rows).isEqualTo(12);
    assertThat(pages).isEqualTo(3);
    api.execute("delete from guarded where id between 900 and 911");
  }

  @Test
  void bulk_isForOneResource() {
    assertThat(
            client
                .post(
                    "/v1/author/bulk",
                    "[{\"op\":\"delete\",\"resource\":\"author\",\"key\":[\"1\"]}]")
                .errors())
        .containsExactly("/0/resource is not known here");
  }
}

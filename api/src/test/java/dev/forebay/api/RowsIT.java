package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.TestClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Creating, reading, changing, listing and deleting rows. */
class RowsIT {

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
  void create_answersWithRowAndPlace() {
    Reply created = client.post("/v1/author", "{\"name\": \"Ada\"}");

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    JsonNode author = created.json();
    assertThat(author.path("name").asText()).isEqualTo("Ada");
    assertThat(author.path("id").isTextual()).as("int8 is a string").isTrue();
    assertThat(created.header("Location")).isEqualTo("/v1/author/" + author.path("id").asText());
    assertThat(client.get(created.header("Location")).body()).isEqualTo(created.body());
  }

  @Test
  void create_neverShowsColumnsNobodyNamed() {
    Reply created = client.post("/v1/author", "{\"name\": \"Ada\"}");

    assertThat(created.json().has("secret")).isFalse();
    assertThat(client.post("/v1/author", "{\"name\":\"x\",\"secret\":\"y\"}").errors())
        .containsExactly("/secret is not known here");
  }

  @Test
  void create_everyTypeRoundTrips() throws Exception {
    String author = client.post("/v1/author", "{\"name\":\"Ada\"}").json().path("id").asText();
    String body =
        """
        {"slug":"all-types","title":"Ünïcode 🎈","status":"published","author_id":"%s",\
        "previous_id":null,"words":-0,"price":"1234.50","score":0.1,"free":true,\
        "token":"0F8FAD5B-d9cb-469f-a165-70867728950e","day":"2026-02-28",\
        "published_at":"2026-11-23T17:42:00.5+02:00","local_at":"2026-11-23T17:42:00",\
        "extra":{"b":[1,null,{"c":1.10}]},"tags":["a","b \\"q\\" \\\\ {,}",null,""],\
        "counts":[9007199254740993,"-1"]}\
        """
            .formatted(author);

    Reply created = client.post("/v1/article", body);

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    String id = created.json().path("id").asText();
    assertThat(created.body())
        .isEqualTo(
            """
            {"id":%s,"slug":"all-types","title":"Ünïcode 🎈","status":"published",\
            "author_id":"%s","previous_id":null,"words":0,"price":"1234.50","score":0.1,\
            "free":true,"token":"0f8fad5b-d9cb-469f-a165-70867728950e","day":"2026-02-28",\
            "published_at":"2026-11-23T15:42:00.5+00:00","local_at":"2026-11-23T17:42:00",\
            "extra":{"b": [1, null, {"c": 1.10}]},"tags":["a","b \\"q\\" \\\\ {,}",null,""],\
            "counts":["9007199254740993","-1"]}\
            """
                .formatted(id, author));
    assertThat(created.json().path("title").asText()).isEqualTo("Ünïcode 🎈");
    assertThat(api.ask("select token from article where slug = 'all-types'"))
        .isEqualTo("0f8fad5b-d9cb-469f-a165-70867728950e");

    // What the API says, it takes back.
    String answer = created.body().replaceFirst("\"id\":\\d+,", "");
    Reply again = client.patch("/v1/article/" + id, answer);
    assertThat(again.body()).isEqualTo(created.body());
  }

  @Test
  void patch_changesOnlyWhatItNames() {
    String place = article("patched", "Before");

    Reply changed =
        client.patch(
            place, "{\"title\":\"After\"}", "Content-Type", "application/merge-patch+json");

    assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
    assertThat(changed.json().path("title").asText()).isEqualTo("After");
    assertThat(changed.json().path("slug").asText()).isEqualTo("patched");
    assertThat(changed.header("Content-Location")).isEqualTo(place);
    assertThat(client.get(place).body()).isEqualTo(changed.body());
  }

  @Test
  void patch_ofNothingChangesNothing() {
    String place = article("unpatched", "Same");

    assertThat(client.patch(place, "{}").body()).isEqualTo(client.get(place).body());
  }

  @Test
  void patch_nullSetsNull() {
    String place = article("nulled", "T");
    client.patch(place, "{\"words\":3}");

    assertThat(client.patch(place, "{\"words\":null}").json().path("words").isNull()).isTrue();
  }

  @Test
  void patch_mergesIntoJsonColumns() {
    String place = article("merged", "T");
    client.patch(place, "{\"extra\":{\"keep\":1,\"drop\":2,\"in\":{\"a\":1.50,\"b\":2}}}");

    Reply changed =
        client.patch(
            place, "{\"extra\":{\"drop\":null,\"in\":{\"b\":null,\"c\":3},\"new\":[null]}}");

    assertThat(changed.body())
        .contains("\"extra\":{\"in\": {\"a\": 1.50, \"c\": 3}, \"new\": [null], \"keep\": 1}");
  }

  @Test
  void delete_thenAbsent() {
    String place = article("deleted", "T");

    assertThat(client.delete(place).status()).isEqualTo(204);
    assertThat(client.delete(place).problem()).isEqualTo("not-found");
    assertThat(client.get(place).status()).isEqualTo(404);
    assertThat(client.patch(place, "{\"title\":\"T\"}").status()).isEqualTo(404);
    assertThat(client.patch(place, "{}").status()).isEqualTo(404);
  }

  @Test
  void key_thatNoRowCanHaveIsAbsent() {
    for (String id : List.of("abc", "1.0", "01", "99999999999999999999", "1%20", "null")) {
      assertThat(client.get("/v1/article/" + id).status()).as(id).isEqualTo(404);
    }
  }

  @Test
  void key_compositeAndOdd() throws Exception {
    String odd = "a/b %2F+ü?#.\"';--";
    Reply created =
        client.post(
            "/v1/odd", "{\"k/1\":\"a/b %2F+ü?#.\\\"';--\",\"k 2\":7,\"col\\\"umn;--\":\"v\"}");

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    String place = created.header("Location");
    assertThat(place).isEqualTo("/v1/odd/a%2Fb%20%252F%2B%C3%BC%3F%23.%22%27%3B--/7");
    assertThat(client.get(place).json().path("k/1").asText()).isEqualTo(odd);

    Reply renamed = client.patch(place, "{\"k 2\":8}");
    assertThat(renamed.header("Content-Location")).isEqualTo(place.replace("/7", "/8"));
    assertThat(client.get(place).status()).isEqualTo(404);
    assertThat(client.delete(place.replace("/7", "/8")).status()).isEqualTo(204);
    assertThat(api.ask("select count(*) from \"odd \"\"table\"")).isEqualTo("0");
  }

  @Test
  void key_ofTime() {
    Reply created =
        client.post("/v1/event", "{\"at\":\"2026-01-02T03:04:05.678Z\",\"what\":\"x\"}");

    assertThat(created.header("Location"))
        .isEqualTo("/v1/event/2026-01-02T03%3A04%3A05.678%2B00%3A00");
    assertThat(client.get(created.header("Location")).body()).isEqualTo(created.body());
  }

  @Test
  void prefer_minimal() {
    Reply created =
        client.post("/v1/author", "{\"name\":\"Min\"}", "Prefer", "wait=1, return=minimal");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body()).isEmpty();
    assertThat(created.header("Preference-Applied")).isEqualTo("return=minimal");

    Reply changed =
        client.patch(created.header("Location"), "{\"name\":\"Max\"}", "Prefer", "return=minimal");
    assertThat(changed.status()).isEqualTo(204);
    assertThat(changed.body()).isEmpty();
    assertThat(client.get(created.header("Location")).json().path("name").asText())
        .isEqualTo("Max");
  }

  @Test
  void prefer_representation() {
    Reply created =
        client.post("/v1/author", "{\"name\":\"R\"}", "Prefer", "return=representation");

    assertThat(created.header("Preference-Applied")).isEqualTo("return=representation");
    assertThat(created.json().path("name").asText()).isEqualTo("R");
  }

  @Test
  void list_pagesThroughEveryRowOnce() throws Exception {
    api.execute(
        "insert into event select timestamptz '2020-01-01Z' + i * '1 day'::interval from generate_series(1, 25) i");
    List<String> seen = new ArrayList<>();
    String next = "/v1/event?limit=10";
    int pages = 0;
    while (!next.isEmpty()) {
      Reply page = client.get(next);
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      page.json().forEach(event -> seen.add(event.path("at").asText()));
      String link = page.header("Link");
      next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
      pages++;
    }
    long rows = Long.parseLong(api.ask("select count(*) from event"));
    assertThat(seen).hasSize((int) rows).isSorted().doesNotHaveDuplicates();
    assertThat(pages).isEqualTo((int) Math.ceilDiv(rows, 10));
  }

  @Test
  void list_compositeKey() throws Exception {
    api.execute(
        "insert into \"odd \"\"table\" select 'p&' || i / 3, i % 3 from generate_series(0, 8) i");
    List<String> seen = new ArrayList<>();
    String next = "/v1/odd?limit=2";
    while (!next.isEmpty()) {
      Reply page = client.get(next);
      page.json().forEach(row -> seen.add(row.path("k/1").asText() + row.path("k 2").asInt()));
      String link = page.header("Link");
      next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
    }
    assertThat(seen).hasSize(9).isSorted().doesNotHaveDuplicates();
    api.execute("delete from \"odd \"\"table\"");
  }

  @Test
  void head_isGetWithoutBody() {
    String place = article("headed", "T");

    Reply head = client.send(client.request("HEAD", place, BodyPublishers.noBody()));

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Type")).isEqualTo("application/json");
    assertThat(
            client.send(client.request("HEAD", "/v1/article/0", BodyPublishers.noBody())).status())
        .isEqualTo(404);
  }

  @Test
  void list_refusesBadPages() {
    for (String query :
        List.of(
            "limit=0",
            "limit=101",
            "limit=x",
            "limit=-1",
            "after=x",
            "after=2020-01-01T00:00:00Z&after=y")) {
      assertThat(client.get("/v1/event?" + query).problem())
          .as(query)
          .isEqualTo("malformed-request");
    }
  }

  private static String article(String slug, String title) {
    Reply created =
        client.post("/v1/article", "{\"slug\":\"%s\",\"title\":\"%s\"}".formatted(slug, title));
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    return created.header("Location");
  }
}

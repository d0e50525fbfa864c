package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.TestClient.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters, orders, fields and pages of lists. */
class ListIT {

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
    api.execute(
        """
        insert into article (slug, title, status, words, price, score, free, day, published_at)
        select 's-' || i, 'Title ' || i % 3, (array['draft', 'published'])[1 + i % 2]::status,
          nullif(i % 5, 0), i * 1.5, i / 4.0, i % 2 = 0, date '2026-01-01' + i,
          case when i % 4 <> 0 then timestamptz '2026-01-01Z' + i % 6 * interval '1 hour' end
        from generate_series(1, 30) i\
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status=published | status = 'published'",
        "status=published&words.gte=3 | status = 'published' and words >= 3",
        "words.gt=1&words.lt=4 | words > 1 and words < 4",
        "words.lte=2 | words <= 2",
        "words.ne=2 | words <> 2",
        "words.is=null | words is null",
        "words.is=notnull | words is not null",
        "slug.in=s-1,s-2,s-99 | slug in ('s-1', 's-2')",
        "free=true | free",
        "price.gte=30 | price >= 30",
        "score=0.5 | score = 0.5",
        "day.gt=2026-01-20 | day > '2026-01-20'",
        "published_at=2026-01-01T04:00:00%2B02:00 | published_at = '2026-01-01T02:00:00Z'",
        "title=Title+1 | title = 'Title 1'",
        "id.lt=4 | id < 4",
        "id=1e1 | id = 10",
        "words=3.0 | words = 3",
      })
  void filter_showsWhatSqlShows(String query, String condition) throws Exception {
    List<String> shown = slugs(client.get("/v1/article?" + query));
    String expected =
        api.ask(
            "select coalesce(string_agg(slug, ',' order by id), '') from article where "
                + condition);

    assertThat(String.join(",", shown)).isEqualTo(expected);
    assertThat(shown).isNotEmpty().hasSizeLessThan(30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stauts=published",
        "status.like=p",
        "status=unknown",
        "words=many",
        "words=70000",
        "extra=1",
        "tags=a",
        "secret=x",
        "words.is=zero",
        "title_length=3",
        "order=secret",
        "order=-",
        "order=",
        "order=extra",
        "order=id&order=slug",
        "fields=",
        "fields=id,secret",
        "fields=*",
        "after=e30",
        "after=WyJ4Il0",
        "after=bnVsbA",
        "after=W251bGxd",
        "after=W1tdXQ",
        "limit=5&after=WyIxIiwiMiJd",
        "day=2026-02-30",
        "slug=%00",
        "%00=1",
      })
  void parameters_thatAreWrongAreRefused(String query) {
    Reply refused = client.get("/v1/article?" + query);

    assertThat(refused.problem()).as(refused.toString()).isEqualTo("malformed-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "-id",
        "title,-id",
        "words",
        "-words",
        "words,-published_at",
        "-words,published_at,-id",
        "-published_at,words",
        "-status,free,words",
        "slug",
        "-score",
      })
  void order_pagesThroughEveryRowOnceAsSqlOrders(String order) throws Exception {
    for (int limit : new int[] {1, 4, 29, 30}) {
      List<String> seen = new ArrayList<>();
      String next = "/v1/article?fields=slug&limit=" + limit + "&order=" + order;
      while (!next.isEmpty()) {
        Reply page = client.get(next);
        assertThat(page.status()).as(page.toString()).isEqualTo(200);
        assertThat(page.json()).hasSizeLessThanOrEqualTo(limit);
        seen.addAll(slugs(page));
        String link = page.header("Link");
        next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
      }
      StringBuilder sql = new StringBuilder();
      for (String word : (order + ",id").split(",", -1)) {
        sql.append(sql.isEmpty() ? "" : ", ")
            .append(word.startsWith("-") ? word.substring(1) + " desc" : word);
      }
      assertThat(String.join(",", seen))
          .as("pages of %d", limit)
          .isEqualTo(api.ask("select string_agg(slug, ',' order by " + sql + ") from article"));
    }
  }

  @Test
  void page_keepsFilterAndFields() {
    Reply first = client.get("/v1/article?limit=2&status=draft&fields=status,slug&order=-day");

    String link = first.header("Link");
    Reply second = client.get(link.substring(1, link.indexOf('>')));

    assertThat(second.json()).hasSize(2);
    for (JsonNode row : second.json()) {
      assertThat(row.fieldNames()).toIterable().containsExactly("status", "slug");
      assertThat(row.path("status").asText()).isEqualTo("draft");
    }
  }

  @Test
  void fields_ofOneRow() {
    String id = client.get("/v1/article?limit=1").json().get(0).path("id").asText();

    assertThat(client.get("/v1/article/" + id + "?fields=words,id").body())
        .matches("\\{\"words\":(\\d+|null),\"id\":" + id + "}");
    assertThat(client.get("/v1/article/" + id + "?feilds=id").problem())
        .isEqualTo("malformed-request");
  }

  @Test
  void filter_tooMany() {
    assertThat(client.get("/v1/article?" + "id.gt=1&".repeat(17)).status()).isEqualTo(400);
    assertThat(client.get("/v1/article?id.in=" + "1,".repeat(100) + "1").status()).isEqualTo(400);
  }

  @Test
  void filter_columnsWithBadNames() throws Exception {
    api.execute("insert into \"odd \"\"table\" values ('a', 1, 'x'), ('b', 2, 'y')");
    String column = URLEncoder.encode("col\"umn;--", StandardCharsets.UTF_8);

    Reply found = client.get("/v1/odd?" + column + "=y&order=-" + column + "&fields=" + column);

    assertThat(found.body()).isEqualTo("[{\"col\\\"umn;--\":\"y\"}]");
  }

  private static List<String> slugs(Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    List<String> slugs = new ArrayList<>();
    reply.json().forEach(row -> slugs.add(row.path("slug").asText()));
    return slugs;
  }
}

package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random requests, some of them broken on the wire: none may be answered with 500, and none that is
 * refused may change the database. {@code -Dforebay.fuzz.requests=…} makes it longer, {@code
 * -Dforebay.fuzz.seed=…} with the seed it printed repeats a run.
 */
class FuzzIT {

  private static final String CHECKSUM =
      """
      select md5(concat(
        (select string_agg(t::text, '' order by id) from author t),
        (select string_agg(t::text, '' order by id) from article t),
        (select string_agg(t::text, '' order by id) from guarded t),
        (select string_agg(t::text, '' order by at) from event t),
        (select string_agg(t::text, '' order by "k/1", "k 2") from "odd ""table" t)))\
      """;

  private static final List<String> METHODS = List.of("GET", "POST", "PATCH", "PATCH", "DELETE");
  private static final List<String> OTHER_METHODS =
      List.of("PUT", "HEAD", "OPTIONS", "TRACE", "BREW");

  private static final List<String> RESOURCES =
      List.of("author", "article", "article", "article", "odd", "event", "guarded", "nothing");

  private static final List<String> COLUMNS =
      List.of(
          "id",
          "name",
          "slug",
          "slug",
          "title",
          "title",
          "status",
          "author_id",
          "previous_id",
          "words",
          "price",
          "score",
          "free",
          "token",
          "day",
          "published_at",
          "local_at",
          "extra",
          "tags",
          "counts",
          "k/1",
          "k 2",
          "col\\\"umn;--",
          "note",
          "at",
          "what",
          "",
          "\\u0000",
          "title_length",
          "ctid",
          "xmin");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "-1",
          "1.5",
          "1e400",
          "1E+2147483647",
          "1e-2147483647",
          "1e99999999999",
          "9".repeat(400),
          "-0",
          "\"\"",
          "\"x\"",
          "\"draft\"",
          "\"1\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"2026-02-28\"",
          "\"2026-02-30\"",
          "\"2026-01-01T00:00:00Z\"",
          "\"99999-01-01\"",
          "\"9999999-01-01\"",
          "\"infinity\"",
          "\"0001-01-01 BC\"",
          "\"0000-00-00 BC\"",
          "\"NaN\"",
          "\"-Infinity\"",
          "\"Infinity\"",
          "\"1e5\"",
          "\"1e999999\"",
          "\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
          "[]",
          "{}",
          "[[]]",
          "[1,[2]]",
          "[[1],[2,3]]",
          "[null]",
          "[\"a\",1]",
          "{\"a\":{\"b\":null}}",
          "\"{1,2}\"",
          "\"'; drop table author; --\"",
          "[".repeat(70),
          "\"" + "x".repeat(3_000) + "\"");

  /** What makes a row of each resource. */
  private static final Map<String, String> GOOD =
      Map.of(
          "author", "\"name\":\"n%d\"",
          "article", "\"slug\":\"s-%d\",\"title\":\"t\"",
          "odd", "\"k/1\":\"a\",\"k 2\":%d",
          "event", "\"at\":\"2026-01-01T00:00:%02dZ\"",
          "guarded", "\"id\":%d",
          "nothing", "\"id\":%d");

  private static final List<String> KEYS =
      List.of(
          "1",
          "2",
          "0",
          "-1",
          "x",
          "%00",
          "%",
          "%2F",
          "..",
          "%2e%2e",
          "99999999999",
          "a/1",
          "a/b/c",
          "2026-01-01T00:00:00Z",
          "%F0%9F%8E%88",
          "%ff",
          "infinity",
          "1?limit=1",
          "1#x",
          "'",
          "");

  private static final List<String> QUERIES =
      List.of(
          "",
          "",
          "?limit=2",
          "?limit=0",
          "?after=1",
          "?after=1&after=2",
          "?after=%00",
          "?%",
          "?a=%ff",
          "?limit=2&after=infinity");

  private static final List<String> OTHER_TYPES =
      List.of(
          "application/merge-patch+json", "text/plain", ";", "application/json; charset=utf-16");

  private static TestApi api;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi(ApiConfig.DEFAULT.withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(1)));
    connection = api.postgres.getPostgresDatabase().getConnection();
    api.execute("insert into author (name) values ('Ada')");
    api.execute("insert into article (slug, title) values ('first', 'T')");
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    api.close();
  }

  @Test
  void noRequest_breaksTheServer() throws Exception {
    long seed = Long.getLong("forebay.fuzz.seed", System.nanoTime());
    int requests = Integer.getInteger("forebay.fuzz.requests", 1_000);
    System.out.println("fuzz seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, Integer> statuses = new TreeMap<>();
    for (int i = 0; i < requests; i++) {
      byte[] request = request(random);
      String before = checksum();
      String answer = send(request);
      String shown = new String(request, StandardCharsets.ISO_8859_1) + "\n──▶\n" + answer;

      assertThat(answer).as(shown).matches("(?s)HTTP/1.1 (2|4)\\d\\d .*");
      assertThat(answer)
          .as(shown)
          .doesNotContainIgnoringCase("exception")
          .doesNotContain("\"public\".");
      if (answer.startsWith("HTTP/1.1 4")) {
        assertThat(checksum()).as(shown).isEqualTo(before);
      }
      statuses.merge(answer.substring(9, 12), 1, Integer::sum);
    }
    System.out.println("fuzz answers " + statuses);
    assertThat(statuses.keySet())
        .as("the requests reach every layer")
        .contains("200", "201", "204", "400", "404", "405", "415", "422");
  }

  private static byte[] request(Random random) {
    String method = (random.nextInt(20) == 0 ? pick(random, OTHER_METHODS) : pick(random, METHODS));
    String resource = pick(random, RESOURCES);
    boolean row = random.nextInt(8) == 0 ? method.equals("POST") : !method.equals("POST");
    String path =
        "/v1/"
            + resource
            + (row
                ? "/" + (random.nextBoolean() ? "" + random.nextInt(9) : pick(random, KEYS))
                : "")
            + pick(random, QUERIES);
    byte[] body = body(random, resource);
    String head =
        String.join(
            "\r\n",
            method + " " + path + " HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "Authorization: Bearer " + api.client.key(),
            "Content-Type: "
                + (random.nextInt(10) == 0 ? pick(random, OTHER_TYPES) : "application/json"),
            "Content-Length: " + body.length,
            "\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    return request.toByteArray();
  }

  private static byte[] body(Random random, String resource) {
    List<String> members = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      members.add(GOOD.getOrDefault(resource, "").formatted(random.nextInt(20)));
    }
    for (int i = random.nextInt(4); i > 1; i--) {
      String value = random.nextInt(4) == 0 ? text(random) : pick(random, VALUES);
      members.add('"' + pick(random, COLUMNS) + "\":" + value);
    }
    byte[] bytes = ("{" + String.join(",", members) + "}").getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(8) == 0 ? random.nextInt(4) : 0; i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** A JSON string of any characters, whole or not. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(
          "\\u%04x"
              .formatted(
                  random.nextInt(3) == 0 ? random.nextInt(0x10000) : 'a' + random.nextInt(26)));
    }
    return text.append('"').toString();
  }

  private static String pick(Random random, List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String send(byte[] request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String checksum() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(CHECKSUM)) {
      row.next();
      return row.getString(1);
    }
  }
}

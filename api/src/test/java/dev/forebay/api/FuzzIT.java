package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random requests, made from the API's own document and then spoilt, some of them on the wire: none
 * is answered with 500, none that is refused changes the database, and every refusal is a problem
 * as the document describes it, without a word of SQL.
 *
 * <p>{@code -Dfuzz.seed=…} with the seed that was printed repeats a run; {@code -Dfuzz.minutes=60}
 * with {@code -DexcludedGroups=} makes the long one longer or shorter.
 */
class FuzzIT {

  private static final Duration SHORT = Duration.ofSeconds(20);

  private static final String CHECKSUM =
      """
      select md5(concat(
        (select string_agg(t::text, '' order by id) from author t),
        (select string_agg(t::text, '' order by id) from article t),
        (select string_agg(t::text, '' order by id) from guarded t),
        (select string_agg(t::text, '' order by at) from event t),
        (select string_agg(t::text, '' order by "k/1", "k 2") from "odd ""table" t),
        (select string_agg(t::text, '' order by id) from counted t),
        (select string_agg(t::text, '' order by id, taken) from reading t),
        (select string_agg(t::text, '' order by id) from owned t),
        (select string_agg(t::text, '' order by id) from sealed t),
        (select string_agg(t::text, '' order by article_id, name) from label t),
        (select count(*)::text from forebay.audit),
        (select count(*)::text from forebay.idempotency)))\
      """;

  /** What only PostgreSQL, pgjdbc or a JVM says. */
  private static final Pattern LEAK =
      Pattern.compile(
          "(?i:exception)|\\tat |dev\\.forebay|org\\.postgresql|\"public\"\\.|SQLSTATE|ERROR:|DETAIL:"
              + "|violates|duplicate key|syntax error|relation \"|set_config|a secret|_seq\\b");

  private static final Pattern ANSWER =
      Pattern.compile("HTTP/1\\.1 (\\d{3})[^\\r]*\\r\\n(.*?)\\r\\n\\r\\n(.*)", Pattern.DOTALL);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static TestApi api;
  private static Connection connection;
  private static JsonNode document;
  private static Pattern constraints;
  private static final Map<String, JsonSchema> PROBLEMS = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi(ApiConfig.DEFAULT.withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(1)));
    connection = api.postgres.getPostgresDatabase().getConnection();
    api.execute("insert into author (name) select 'n' || i from generate_series(1, 9) i");
    api.execute(
        "insert into article (slug, title) select 's-' || i, 'T' from generate_series(1, 9) i");
    document = api.client.get("/openapi.json").json();
    constraints =
        Pattern.compile(
            api.ask(
                "select string_agg(conname, '|') from pg_constraint where conname like '%\\_%'"
                    + " and connamespace = 'public'::regnamespace"));
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    api.close();
  }

  @Test
  void noRequest_breaksTheServer() throws Exception {
    fuzz(SHORT);
  }

  @Test
  @Tag("long")
  void noRequest_breaksTheServerInAnHour() throws Exception {
    fuzz(Duration.ofMinutes(Integer.getInteger("fuzz.minutes", 60)));
  }

  private static void fuzz(Duration time) throws Exception {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("fuzz seed " + seed + " for " + time);
    FuzzRequests requests = new FuzzRequests(document, api.client.key(), new Random(seed));
    TreeMap<String, Integer> statuses = new TreeMap<>();
    long end = System.nanoTime() + time.toNanos();
    int sent = 0;
    while (System.nanoTime() < end) {
      byte[] request = requests.next();
      String before = checksum();
      String answer = send(request);
      String shown = shown(sent, request, answer);
      Matcher parts = ANSWER.matcher(answer);
      assertThat(parts.matches()).as(shown).isTrue();
      check(parts.group(1), parts.group(2), parts.group(3), shown);
      if (answer.startsWith("HTTP/1.1 4")) {
        assertThat(checksum()).as("the database after %s", shown).isEqualTo(before);
      }
      statuses.merge(parts.group(1), 1, Integer::sum);
      sent++;
    }
    System.out.println("fuzz sent " + sent + ", answers " + statuses);
    assertThat(statuses.keySet())
        .as("the requests reach every layer")
        .contains("200", "201", "204", "400", "401", "404", "409", "415", "422");
  }

  private static void check(String status, String head, String body, String shown)
      throws IOException {
    assertThat(status).as(shown).matches("2\\d\\d|304|4\\d\\d");
    if (status.startsWith("2") || status.equals("304") || body.isEmpty()) {
      return;
    }
    assertThat(head.toLowerCase(Locale.ROOT))
        .as(shown)
        .contains("content-type: application/problem+json");
    assertThat(body).as(shown).doesNotContainPattern(LEAK).doesNotContainPattern(constraints);
    JsonNode problem = MAPPER.readTree(body);
    assertThat(problemSchema(status).validate(problem)).as(shown).isEmpty();
    assertThat(problem.path("status").asText()).as(shown).isEqualTo(status);
  }

  /** What the document says of this status. */
  private static JsonSchema problemSchema(String status) {
    return PROBLEMS.computeIfAbsent(
        status,
        wanted -> {
          JsonNode response = document.at("/components/responses/problem-" + wanted);
          assertThat(response.isMissingNode()).as("undocumented status %s", wanted).isFalse();
          JsonNode schema = response.at("/content/application~1problem+json/schema");
          return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
              .getSchema(
                  MAPPER
                      .createObjectNode()
                      .<ObjectNode>setAll(
                          Map.of(
                              "allOf",
                              MAPPER.createArrayNode().add(schema),
                              "components",
                              document.get("components"))));
        });
  }

  private static String shown(int number, byte[] request, String answer) {
    List<String> parts = new ArrayList<>();
    parts.add("request " + number);
    parts.add(new String(request, StandardCharsets.ISO_8859_1));
    parts.add("──▶");
    parts.add(answer);
    return String.join("\n", parts);
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

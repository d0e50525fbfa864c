package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's table of types, row by row. */
class JsonRuleIT {

  private static TestDatabase database;
  private static int tables;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create type mood as enum ('glad', 'sad');
        create domain amount as bigint check (value >= 0);
        create domain price as amount;
        create type pair as (a int, b text);
        alter database postgres set timezone = 'Asia/Tokyo';
        alter database postgres set datestyle = 'German';
        alter database postgres set bytea_output = 'escape';
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @ParameterizedTest(name = "{0} {1} is {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "boolean | true | true",
        "smallint | -1 | -1",
        "integer | 2147483647 | 2147483647",
        "bigint | 9007199254740993 | \"9007199254740993\"",
        "numeric | 1.50 | \"1.50\"",
        "numeric | 'NaN' | \"NaN\"",
        "price | 7 | \"7\"",
        "real | 0.1 | 0.1",
        "double precision | 0.1::float8 + 0.2 | 0.30000000000000004",
        "double precision | 'NaN' | \"NaN\"",
        "double precision | '-Infinity' | \"-Infinity\"",
        "text | 'ä\"\\' | \"ä\\\"\\\\\"",
        "varchar(3) | 'ab ' | \"ab \"",
        "char(4) | 'ab' | \"ab\"",
        "uuid | '0B6F0A1E-6D0E-4F0E-9A58-3C1D1F7F2B11' | \"0b6f0a1e-6d0e-4f0e-9a58-3c1d1f7f2b11\"",
        "timestamptz | '2026-11-23 17:42:01.5+09' | \"2026-11-23T08:42:01.5+00:00\"",
        "timestamptz | 'infinity' | \"infinity\"",
        "timestamp | '2026-11-23 17:42:01' | \"2026-11-23T17:42:01\"",
        "date | '2026-11-23' | \"2026-11-23\"",
        "time | '17:42' | \"17:42:00\"",
        "interval | '1 day 2 hours' | \"P1DT2H\"",
        "bytea | convert_to(repeat('x', 60), 'UTF8') | \"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\"",
        "jsonb | '{\"b\": 1, \"a\": [1.0]}' | {\"a\": [1.0], \"b\": 1}",
        "json | '{\"b\": 1, \"a\": null}' | {\"a\": null, \"b\": 1}",
        "mood | 'glad' | \"glad\"",
        "inet | '10.0.0.1/8' | \"10.0.0.1/8\"",
        "int4range | '[1,5)' | \"[1,5)\"",
        "pair | row(1, 'x')::pair | \"(1,x)\"",
        "integer[] | '{1,null}' | [1, null]",
        "bigint[] | '{{1,2},{3,4}}' | [[\"1\", \"2\"], [\"3\", \"4\"]]",
        "text[] | '{a,\"b c\"}' | [\"a\", \"b c\"]",
        "mood[] | '{sad,glad}' | [\"sad\", \"glad\"]",
        "timestamptz[] | '{2026-01-01 09:00+09}' | [\"2026-01-01T00:00:00+00:00\"]",
        "xml | '<a/>' | \"<a/>\"",
        "bit(3) | '101' | \"101\"",
        "text | null | null",
        "bigint | null | null",
        "bytea | null | null",
      })
  void build_type(String type, String value, String json) throws Exception {
    String table = "t" + tables++;
    database.execute(
        "create table %1$s (id int primary key, v %2$s); insert into %1$s values (1, %3$s)"
            .formatted(table, type, value));

    assertThat(build("{ from: " + table + ", key: '{id}', fields: [v] }", "1"))
        .isEqualTo("{\"v\": " + json + "}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sum_of | a + b            | 5",
        "big    | a::bigint * b    | \"6\"",
        "share  | a::numeric / 4   | \"0.50000000000000000000\"",
        "words  | string_to_array('x y', ' ') | [\"x\", \"y\"]",
        "asked  | '{\"k\":1}'::jsonb ? 'k' | true",
        "quoted | '?; -- ''x'''    | \"?; -- 'x'\"",
      })
  void build_expression(String name, String expression, String json) throws Exception {
    database.execute(
        "create table if not exists numbers (id int primary key, a int, b int);"
            + " insert into numbers values (1, 2, 3) on conflict do nothing");
    String field = "\"" + expression.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";

    assertThat(
            build("{ from: numbers, key: '{id}', fields: { " + name + ": " + field + " } }", "1"))
        .isEqualTo("{\"" + name + "\": " + json + "}");
  }

  @Test
  void build_threeHundredColumns() throws Exception {
    String columns =
        IntStream.rangeClosed(1, 299)
            .mapToObj(i -> "c" + i + " int default " + i)
            .collect(Collectors.joining(", "));
    database.execute(
        "create table wide (id int primary key, " + columns + "); insert into wide values (1)");
    String names =
        IntStream.rangeClosed(1, 299).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));

    String json = build("{ from: wide, key: '{id}', fields: [" + names + "] }", "1");

    assertThat(new JsonMapper().readTree(json).size()).isEqualTo(299);
    assertThat(new JsonMapper().readTree(json).path("c299").intValue()).isEqualTo(299);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "integer     | 1     | 1    | one",
        "integer     | 2     | 2    | 02",
        "bigint      | 5     | 5    | 99999999999999999999",
        "numeric     | 1.0   | 1.0  | 1.00",
        "uuid        | '0b6f0a1e-6d0e-4f0e-9a58-3c1d1f7f2b11' | 0b6f0a1e-6d0e-4f0e-9a58-3c1d1f7f2b11 | 0B6F0A1E-6D0E-4F0E-9A58-3C1D1F7F2B11",
        "timestamptz | '2026-01-01 09:00+09' | 2026-01-01 00:00:00+00 | 2026-01-01 09:00:00+09",
        "mood        | 'sad' | sad  | SAD",
        "varchar(3)  | 'abc' | abc  | abcd",
        "char(5)     | 'ab'  | ab   | `ab `",
        "price       | 3     | 3    | -3",
        "bytea       | '\\x01' | \\x01 | zz",
        "boolean     | true  | true | t",
        "text        | 'a'   | a    | A",
      })
  void key_ofType(String type, String value, String own, String foreign) throws Exception {
    String table = "k" + tables++;
    database.execute(
        "create table %1$s (id %2$s primary key); insert into %1$s values (%3$s)"
            .formatted(table, type, value));
    ReadModel model = model("{ from: " + table + ", key: '{id}', fields: [id] }");
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      DocumentKey key = model.key(List.of(own));
      DocumentKey other = model.key(List.of(foreign));

      List<Document> documents = model.build(session.connection(), List.of(other, key));

      assertThat(documents)
          .filteredOn(document -> document.json() != null)
          .extracting(Document::key)
          .containsExactly(key);
      assertThat(model.keys(session.connection(), null, 5)).containsExactly(key);
      assertThat(model.keys(session.connection(), key, 5)).isEmpty();
    }
  }

  private static ReadModel model(String model) throws Exception {
    return database.compile("models:\n  m: " + model).models().getFirst();
  }

  private static String build(String declaration, String key) throws Exception {
    ReadModel model = model(declaration);
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      return Objects.requireNonNull(
          model.build(session.connection(), List.of(model.key(List.of(key)))).getFirst().json());
    }
  }
}

package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's table of types, row by row. */
class JsonRuleIT {

  private static TestDatabase database;
  private static int tables;
  private static String typesDocument = "";

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
    typesDocument = buildTypes();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  static List<Arguments> types() {
    return List.of(
        Arguments.of("boolean", "true", "true"),
        Arguments.of("smallint", "-1", "-1"),
        Arguments.of("integer", "2147483647", "2147483647"),
        Arguments.of("bigint", "9007199254740993", "\"9007199254740993\""),
        Arguments.of("numeric", "1.50", "\"1.50\""),
        Arguments.of("numeric", "'NaN'", "\"NaN\""),
        Arguments.of("price", "7", "\"7\""),
        Arguments.of("real", "0.1", "0.1"),
        Arguments.of("double precision", "0.1::float8 + 0.2", "0.30000000000000004"),
        Arguments.of("double precision", "'NaN'", "\"NaN\""),
        Arguments.of("double precision", "'-Infinity'", "\"-Infinity\""),
        Arguments.of("text", "'ä\"\\'", "\"ä\\\"\\\\\""),
        Arguments.of("varchar(3)", "'ab '", "\"ab \""),
        Arguments.of("char(4)", "'ab'", "\"ab\""),
        Arguments.of(
            "uuid",
            "'0B6F0A1E-6D0E-4F0E-9A58-3C1D1F7F2B11'",
            "\"0b6f0a1e-6d0e-4f0e-9a58-3c1d1f7f2b11\""),
        Arguments.of(
            "timestamptz", "'2026-11-23 17:42:01.5+09'", "\"2026-11-23T08:42:01.5+00:00\""),
        Arguments.of("timestamptz", "'infinity'", "\"infinity\""),
        Arguments.of("timestamp", "'2026-11-23 17:42:01'", "\"2026-11-23T17:42:01\""),
        Arguments.of("date", "'2026-11-23'", "\"2026-11-23\""),
        Arguments.of("time", "'17:42'", "\"17:42:00\""),
        Arguments.of("interval", "'1 day 2 hours'", "\"P1DT2H\""),
        Arguments.of(
            "bytea",
            "convert_to(repeat('x', 60), 'UTF8')",
            "\"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\""),
        Arguments.of("jsonb", "'{\"b\": 1, \"a\": [1.0]}'", "{\"a\": [1.0], \"b\": 1}"),
        Arguments.of("json", "'{\"b\": 1, \"a\": null}'", "{\"a\": null, \"b\": 1}"),
        Arguments.of("mood", "'glad'", "\"glad\""),
        Arguments.of("inet", "'10.0.0.1/8'", "\"10.0.0.1/8\""),
        Arguments.of("int4range", "'[1,5)'", "\"[1,5)\""),
        Arguments.of("pair", "row(1, 'x')::pair", "\"(1,x)\""),
        Arguments.of("integer[]", "'{1,null}'", "[1, null]"),
        Arguments.of("bigint[]", "'{{1,2},{3,4}}'", "[[\"1\", \"2\"], [\"3\", \"4\"]]"),
        Arguments.of("text[]", "'{a,\"b c\"}'", "[\"a\", \"b c\"]"),
        Arguments.of("mood[]", "'{sad,glad}'", "[\"sad\", \"glad\"]"),
        Arguments.of("timestamptz[]", "'{2026-01-01 09:00+09}'", "[\"2026-01-01T00:00:00+00:00\"]"),
        Arguments.of("xml", "'<a/>'", "\"<a/>\""),
        Arguments.of("bit(3)", "'101'", "\"101\""),
        Arguments.of("text", "null", "null"),
        Arguments.of("bigint", "null", "null"),
        Arguments.of("bytea", "null", "null"));
  }

  /** One table with a column for each row, so that the catalog is read once. */
  private static String buildTypes() throws Exception {
    List<Arguments> types = types();
    StringBuilder columns = new StringBuilder("id int primary key");
    StringBuilder values = new StringBuilder("1");
    StringBuilder names = new StringBuilder("id");
    for (int i = 0; i < types.size(); i++) {
      Object[] row = types.get(i).get();
      columns.append(", c%d %s".formatted(i, row[0]));
      values.append(", ").append(row[1]);
      names.append(", c").append(i);
    }
    database.execute(
        "create table types (%s); insert into types values (%s)".formatted(columns, values));
    return build("{ from: types, key: '{id}', fields: [" + names + "] }", "1");
  }

  @ParameterizedTest(name = "{0} {1} is {2}")
  @MethodSource("types")
  void build_type(String type, String value, String json) {
    int column =
        types().stream()
            .map(row -> row.get()[0] + "|" + row.get()[1])
            .toList()
            .indexOf(type + "|" + value);

    assertThat(typesDocument)
        .containsPattern(Pattern.quote("\"c" + column + "\": " + json) + "[,}]");
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

package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.closed.DependencyReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A document depends on nothing but the rows of its tables. */
class ClosedIT {

  private static final String SCHEMA =
      """
      create table setting (id int primary key, rate numeric);

      create function double(int) returns int immutable language sql as 'select $1 * 2';

      create function twice(int) returns int immutable language sql begin atomic select $1 * 2; end;

      create function rate() returns numeric stable language sql
        begin atomic select max(rate) from setting; end;

      create function says_immutable() returns numeric immutable language sql
        begin atomic select max(rate) from setting; end;

      create function rate_as_text() returns numeric stable language sql as 'select max(rate) from public.setting';

      create function berlin(timestamptz) returns text stable language sql
        begin atomic select to_char($1 at time zone 'Europe/Berlin', 'YYYY'); end;

      create function dice() returns int language sql as 'select 4';

      create function hidden_clock() returns timestamptz stable language sql begin atomic select now(); end;

      create function folded_clock() returns timestamptz immutable language sql begin atomic select now(); end;

      create function near(int, int) returns boolean stable language sql
        begin atomic select $1 < (select max(rate) from setting); end;

      create operator ~~~ (leftarg = int, rightarg = int, function = near);

      create domain small as int check (value < 10);

      create function below(int) returns boolean language sql as 'select $1 < 10';

      create domain shaky as int check (below(value));

      create type pair as (a int, b date);

      create aggregate worst(int) (sfunc = int4larger, stype = int);

      create table item (
        id int primary key, name text not null, at timestamptz, day date, price numeric, doc jsonb,
        tags text[], s small);\
      """;

  @TempDir static Path directory;
  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    // One at a time: the driver does not split a script that holds BEGIN ATOMIC.
    for (String statement : SCHEMA.split("\n\n", -1)) {
      database.execute(statement);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "public.double(id)",
        "public.twice(id)",
        "public.berlin(at)",
        "at::date",
        "at::text",
        "day::text || id::text",
        "to_char(at, 'YYYY-MM')",
        "date_trunc('month', at)",
        "at at time zone 'Europe/Berlin'",
        "to_timestamp(name, 'YYYY-MM-DD')",
        "at + interval '1 day'",
        "at < timestamptz '2026-01-01'",
        "at between '2026-01-01' and '2027-01-01'",
        "age(at, '2026-01-01')",
        "id::public.small",
        "name::int",
        "doc->>'now' = 'now'",
        "doc ? 'a'",
        "tags::text",
        "array_to_string(tags, ',')",
        "concat(id, name, price)",
        "format('%s', id)",
        "coalesce(name, 'now')",
        "jsonb_build_object('a', at)",
        "greatest(id, 1)",
        "name similar to 'a%'",
        "jsonb_path_query_first_tz(doc, '$.a')",
        "extract(year from at)",
        "upper(name) || md5(name)",
        "cast(name as xml)::text",
      })
  void expression_thatDependsOnTheRowAlone_isAllowed(String sql) throws Exception {
    assertThat(database.compile(field(sql, "")).models()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "at < now() | now()",
        "current_date > day | the current time",
        "localtimestamp > at | the current time",
        "age(at) | age(timestamp with time zone)",
        "concat(current_user, name) | the current user or schema",
        "current_setting('x.y') | current_setting(text)",
        "name::timestamptz | timestamptz_in(cstring,oid,integer)",
        "name::date | date_in(cstring)",
        "format('(1,%s)', name)::public.pair | date_in(cstring)",
        "json_value(doc, '$.a' returning date) | date_in(cstring)",
        "at::timetz at time zone 'Europe/Berlin' | timezone(text,time with time zone)",
        "public.hidden_clock() < at | now() in public.hidden_clock()",
        "public.rate_as_text() * price | public.rate_as_text()",
        "to_tsvector(name)::text | to_tsvector(text)",
        "id::regclass::text | the type regclass, which prints names of the catalog",
      })
  void expression_ofTheClockOrSettings_needsRefresh(String sql, String what) throws Exception {
    assertThat(problemOf(field(sql, "")))
        .isEqualTo(
            "The expression of 'x' uses "
                + what
                + ", which changes without any change of a row. Give the model a time to rebuild,"
                + " for example refresh: 1m.");
    assertThat(database.compile(field(sql, ", refresh: 1m")).models()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "random() | random()",
        "clock_timestamp() > at | clock_timestamp()",
        "gen_random_uuid() | gen_random_uuid()",
        "public.dice() + id | public.dice()",
        "public.folded_clock() < at | now() in public.folded_clock()",
        "public.says_immutable() | public.says_immutable(), which is declared immutable and reads public.setting",
        "id::public.shaky | public.below(integer)",
        "at < 'now' | a date or time constant such as 'now', which is read only once",
        "day = date ' Today ' | a date or time constant such as 'now', which is read only once",
        "array[day] && array['yesterday'::date] | a date or time constant such as 'now', which is read only once",
      })
  void expression_ofChance_isRefusedAlways(String sql, String what) {
    for (String refresh : List.of("", ", refresh: 1m")) {
      assertThat(problemOf(field(sql, refresh)))
          .isEqualTo(
              "The expression of 'x' uses "
                  + what
                  + ", which changes without any change of a row.");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "price * public.rate() | public.rate()",
        "id operator(public.~~~) 1 | public.near(integer,integer)",
      })
  void functionThatReadsAnotherTable_isNamed(String sql, String function) throws Exception {
    assertThat(problemOf(field(sql, "")))
        .isEqualTo(
            "The expression of 'x' reads public.setting through "
                + function
                + ", whose changes would lead to no document.");
    assertThat(database.compile(field(sql, ", refresh: 1s")).models()).hasSize(1);
  }

  @Test
  void where_isCheckedAsWell() {
    assertThat(
            problemOf(
                "models: { m: { from: item, key: '{id}', where: at < now(), fields: [id] } }"))
        .startsWith("'where' uses now(), ");
  }

  @Test
  void subQuery_isRefusedWithRefreshToo() {
    assertThat(problemOf(field("(select max(rate) from public.setting)", ", refresh: 1m")))
        .startsWith("The expression of 'x' holds a sub-query");
  }

  @Test
  void refresh_isOfTheModel() throws Exception {
    ReadModels models =
        database.compile(
            """
            models:
              a: { from: item, key: '{id}', fields: [id], refresh: 90s }
              b: { from: item, key: '{id}', fields: [id] }
            """);

    assertThat(models.find("a").orElseThrow().cadence().refresh())
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(models.find("b").orElseThrow().cadence().refresh()).isNull();
    assertThat(problemOf(field("id + 1", ", refresh: 999ms")))
        .isEqualTo("'refresh' is less than a second. Say 1s or more.");
  }

  @Test
  void query_dependenciesOfEveryKind() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("create view public.names as select name, id from item where price > 1");
      statement.execute("set local search_path = pg_catalog");
      var found =
          DependencyReader.read(
              connection,
              """
              with one as (select n.name from public.names n)
              select one.name, public.worst(s.id) as worst, count(c.oid) filter (where random() > 1)
              from one, public.setting s, pg_catalog.pg_class c
              where exists (select from public.item i where i.doc is null)
              group by one.name\
              """);

      assertThat(found.reads())
          .extracting(read -> read.table().toString())
          .containsExactlyInAnyOrder("public.setting", "pg_catalog.pg_class", "public.item");
      assertThat(found.unsteady()).extracting(one -> one.what()).containsExactly("random()");
      assertThat(found.columns().keySet()).containsExactly("name", "worst", "count");
      assertThat(found.used().toString())
          .contains("public.setting=[id]")
          .contains("public.item=[doc]")
          .contains("public.names=[name]");
      assertThat(found.wholeRows()).isFalse();
      connection.rollback();
    }
  }

  @Test
  void compile_leavesNothingBehind() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      Path file = Files.writeString(directory.resolve("f.yaml"), field("id + 1", ""));
      ModelCompiler.compile(file, connection);

      try (ResultSet row =
          statement.executeQuery("select count(*) from pg_class where relname = 'forebay query'")) {
        row.next();
        assertThat(row.getInt(1)).isZero();
      }
      statement.execute("create temporary table written (x int)");
    }
  }

  @Test
  void roleThatMayNotMakeTemporaryViews_isTold() throws Exception {
    database.execute(
        """
        create role builder login; grant select on all tables in schema public to builder;
        revoke temporary on database postgres from public\
        """);
    try (Connection owner = database.dataSource().getConnection();
        Connection connection =
            DriverManager.getConnection(
                owner.getMetaData().getURL().replaceAll("\\?.*", ""), "builder", "")) {
      Path file = Files.writeString(directory.resolve("f.yaml"), field("id + 1", ""));
      InvalidSetupException thrown =
          catchThrowableOfType(
              InvalidSetupException.class, () -> ModelCompiler.compile(file, connection));

      assertThat(thrown.problems())
          .singleElement()
          .hasToString(
              "database: The role may not make temporary views, in which SQL of the file is checked."
                  + " As administrator: GRANT TEMPORARY ON DATABASE postgres TO builder;");
      try (Statement statement = owner.createStatement()) {
        Mend mend = Objects.requireNonNull(thrown.problems().getFirst().mend());
        statement.execute(((Mend.Manual) mend).sql().getFirst());
      }
      assertThat(ModelCompiler.compile(file, connection).models()).hasSize(1);
    }
  }

  private static String field(String sql, String more) {
    return "models:\n  m: { from: item, key: '{id}', fields: [id, { x: \"%s\" }]%s }"
        .formatted(sql, more);
  }

  private static String problemOf(String yaml) {
    InvalidSetupException thrown =
        catchThrowableOfType(InvalidSetupException.class, () -> database.compile(yaml));
    assertThat(thrown).as("nothing was wrong with " + yaml).isNotNull();
    assertThat(thrown.problems()).hasSize(1);
    Problem problem = thrown.problems().getFirst();
    return problem.what() + (problem.fix() == null ? "" : " " + problem.fix());
  }
}

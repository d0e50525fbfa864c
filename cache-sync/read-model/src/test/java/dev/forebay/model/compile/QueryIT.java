package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SQL by hand: what it may be, and that every table it reads is declared. */
class QueryIT {

  private static final String SQL =
      "select i.id, jsonb_build_object('name', i.name, 'shop', s.name) as document"
          + " from public.item i left join public.shop s on s.id = i.shop_id";
  private static final String ITEM = "item: { keys: select id from changed }";
  private static final String SHOP =
      "shop: { keys: select i.id from changed s join public.item i on i.shop_id = s.id }";

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create table shop (id int primary key, name text not null);
        create table item (
          id int primary key, name text not null, shop_id int references shop, note text);
        create unique index item_identity on item (id, name);
        alter table item replica identity using index item_identity;
        create view shops as select * from shop;
        create materialized view old_shops as select * from shop;
        insert into shop values (1, 'Ada''s'), (2, 'Bob''s');
        insert into item values (1, 'pen', 1), (2, 'cup', 2), (3, 'hat', null)\
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static String model(String sql, String... dependsOn) {
    return """
    models:
      m:
        key: "{id}"
        sql: |
          %s
        depends_on: { %s }
    """
        .formatted(sql, String.join(", ", dependsOn));
  }

  @Test
  void documents_areBuiltAndFound() throws Exception {
    ReadModels models = database.compile(model(SQL, ITEM, SHOP));
    ReadModel model = models.find("m").orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<DocumentKey> keys = model.keys(session.connection(), null, 2);
      assertThat(keys).extracting(DocumentKey::kvKey).containsExactly("m:1", "m:2");
      assertThat(model.keys(session.connection(), keys.getLast(), 2))
          .containsExactly(model.key(List.of("3")));
      assertThat(
              model.build(
                  session.connection(),
                  List.of(model.key(List.of("1")), model.key(List.of("9")), word(model))))
          .extracting(Document::json)
          .containsExactly("{\"name\": \"pen\", \"shop\": \"Ada's\"}", null, null);
      assertThat(
              models.affected(
                  session.connection(),
                  List.of(
                      new RowChange(
                          new TableName("public", "shop"), null, Map.of("id", "2", "name", "x")))))
          .singleElement()
          .satisfies(one -> assertThat(one.key().kvKey()).isEqualTo("m:2"));
      assertThat(model.wholeTables()).isEmpty();
    }
  }

  /** No integer: it must not fail the others. */
  private static DocumentKey word(ReadModel model) {
    return model.key(List.of("one"));
  }

  @Test
  void all_isEveryDocument() throws Exception {
    ReadModels models = database.compile(model(SQL, ITEM, "shop: all"));

    assertThat(models.dependingWholly(new TableName("public", "shop"))).hasSize(1);
    assertThat(models.dependingWholly(new TableName("public", "item"))).isEmpty();
    assertThat(models.tables()).hasSize(2);
  }

  @Test
  void keyOfTwoRows_cannotBeBuilt() throws Exception {
    ReadModels models =
        database.compile(
            model("select 1 as id, to_jsonb(i.name) as document from public.item i", "item: all"));
    ReadModel model = models.find("m").orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThatThrownBy(() -> model.build(session.connection(), List.of(model.key(List.of("1")))))
          .isInstanceOf(SQLException.class)
          .hasMessage("two rows of m have the same key");
    }
  }

  @Test
  void view_isSeenThrough() throws Exception {
    String sql = "select id, jsonb_build_object('name', name) as document from public.shops";
    assertThat(database.compile(model(sql, "shop: all")).models()).hasSize(1);
    assertThat(problemOf(model(sql, "item: all")))
        .isEqualTo(
            "'sql' reads public.shop, whose changes would lead to no document."
                + " Name the table in 'depends_on'.");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "delete from public.item returning id, null::jsonb as document | 'sql' is not valid: PostgreSQL says",
        "with gone as (delete from public.item returning id) select id, null::jsonb as document from gone | 'sql' is not valid: PostgreSQL says",
        "select id, null::jsonb as document from public.item; drop table item | 'sql' holds ';' outside quotes; it must be one SELECT.",
        "select id, null::jsonb as document from public.item where id = $1 | 'sql' holds '$' outside quotes; it must be one SELECT.",
        "select id, null::jsonb as document from public.item -- all | 'sql' holds a comment; write it as a comment of YAML.",
        "select id, null::jsonb as document from public.item) x, (select 1 | 'sql' closes a ')' that it did not open.",
        "select id, null::jsonb as document from public.itm | 'sql' is not valid: PostgreSQL says \\\"relation \\\"public.itm\\\" does not exist\\\"",
        "select id, null::jsonb as document from item | 'sql' is not valid: PostgreSQL says \\\"relation \\\"item\\\" does not exist\\\". Write the schema before the table",
        "select id from public.item | The result of 'sql' has no column 'document'.",
        "select id, name as document from public.item | The column 'document' of 'sql' is text, not jsonb.",
        "select name, null::jsonb as document from public.item | The result of 'sql' has no column 'id', which the key names. Its columns: name, document.",
        "select id, to_jsonb(now()) as document from public.item | 'sql' uses now(), which changes without any change of a row. Give the model a time to rebuild",
        "select id, to_jsonb(random()) as document from public.item | 'sql' uses random(), which changes without any change of a row.",
        "select i.id, to_jsonb(s) as document from public.item i, public.shop s | 'sql' reads public.shop, whose changes would lead to no document. Name the table in 'depends_on'.",
        "select id, null::jsonb as document from public.item where exists (select from public.old_shops) | 'sql' reads public.old_shops, whose changes would lead to no document.",
        "select i.id, to_jsonb(c.relname) as document from public.item i, pg_catalog.pg_class c | 'sql' reads pg_catalog.pg_class, whose changes would lead to no document.",
      })
  void sqlThatIsWrong_isRefused(String sql, String problem) {
    assertThat(problemOf(model(sql, ITEM))).startsWith(problem.replace("\\\"", "\""));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "shp: all | The table 'shp' is unknown. Did you mean shop?",
        "shop: some | 'shop' is 'some'. Say 'all', or { keys: SELECT … from changed }.",
        "shop: { keys: select name from changed } | The result of 'keys' of 'shop' has no column 'id', which the key names.",
        "shop: { keys: select id::text from changed } | The column 'id' of 'keys' of 'shop' is text. Cast it to integer, as in 'sql'.",
        "shop: { keys: select price as id from changed } | 'keys' of 'shop' is not valid: PostgreSQL says",
        "shop: { keys: select id from changed where random() < 1 } | 'keys' of 'shop' uses random(),",
        "shop: { keys: delete from changed } | 'keys' of 'shop' is not valid: PostgreSQL says",
        "shop: { keys: select id from changed; } | 'keys' of 'shop' holds ';' outside quotes",
        "shop: { key: select id from changed } | The word 'key' is unknown. Did you mean keys?",
        "shop: { keys: select i.id from changed c join public.item i on i.name = c.name } | When a row of public.shop moves or is deleted, the log does not carry its old name",
        "shop: { keys: select i.id from public.item i where exists (select from changed c where c is not null) } | When a row of public.shop moves or is deleted, the log does not carry its old name",
      })
  void dependencyThatIsWrong_isRefused(String shop, String problem) {
    assertThat(problemsOf(model(SQL, ITEM, shop))).anyMatch(said -> said.startsWith(problem));
  }

  @Test
  void sqlAndTree_excludeEachOther() {
    assertThat(
            problemsOf(
                "models: { m: { from: item, key: '{id}', sql: select 1, depends_on: { item: all } } }"))
        .contains("A model with 'sql' has no 'from'. Remove one.");
    assertThat(problemsOf("models: { m: { key: '{id}', sql: select 1 } }"))
        .contains(
            "model 'm' lacks 'depends_on'. Name the tables that 'sql' reads, each with 'all' or {"
                + " keys: SELECT … from changed }.");
    assertThat(
            problemsOf(
                "models: { m: { singleton: true, sql: select 1, depends_on: { item: { keys: x } } } }"))
        .contains("A singleton is one document. Say 'all'.");
  }

  private static String problemOf(String yaml) {
    List<String> problems = problemsOf(yaml);
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  private static List<String> problemsOf(String yaml) {
    InvalidSetupException thrown =
        catchThrowableOfType(InvalidSetupException.class, () -> database.compile(yaml));
    assertThat(thrown).as("nothing was wrong with " + yaml).isNotNull();
    return thrown.problems().stream().map(QueryIT::text).toList();
  }

  private static String text(Problem problem) {
    return problem.what() + (problem.fix() == null ? "" : " " + problem.fix());
  }
}

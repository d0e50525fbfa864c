package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CompileProblemsIT {

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create table author (id int primary key, name text not null, boss_id int references author);
        create table article (
          id int primary key, slug text not null, note text, author_id int references author,
          editor_id int references author, shout text generated always as (upper(slug)) stored);
        create unique index article_slug on article (slug) where slug <> '';
        create unique index article_shout on article (shout);
        create table tag (id int primary key, slug text not null unique, label text unique, extra json);
        create table labelled (article_id int references article, tag_id int references tag, primary key (article_id, tag_id));
        create table comment (id int primary key, article_id int not null references article);
        create table note (id int primary key, article_id int references article);
        create table keyless (id int);
        create table parted (id int primary key, name text not null, unique (id, name)) partition by range (id);
        create table part partition of parted for values from (1) to (9);
        create table middle partition of parted for values from (9) to (20) partition by range (id);
        create table full_part partition of middle for values from (9) to (20);
        alter table full_part replica identity full;
        alter table parted replica identity full;
        create table half (id int primary key) partition by range (id);
        create unlogged table half_part partition of half for values from (1) to (9);
        create table booking (id int4range, during daterange, primary key (id, during without overlaps));
        create table parent (id int primary key);
        create table child (x int) inherits (parent);
        create unlogged table quick (id int primary key);
        create view looks as select * from author;
        create table mute (id int primary key);
        alter table mute replica identity nothing;
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static final String MANY = "Say which: on: { id: author_id } or on: { id: editor_id }.";

  /** Authors inside their boss, so many times. */
  private static String nested(int depth) {
    String open = "include: { boss: { from: author, on: { id: boss_id }, fields: [id], ";
    return "{ from: author, key: '{id}', fields: [id], "
        + open.repeat(depth).replaceFirst(", $", "")
        + "} }".repeat(depth)
        + "}";
  }

  static Stream<Arguments> problems() {
    return Stream.of(
        row(
            "{ from: artcle, key: '{id}', fields: [id] }",
            "The table 'artcle' is unknown. Did you mean article?"),
        row(
            "{ from: Article, key: '{id}', fields: [id] }",
            "The table 'Article' is unknown. Did you mean article?"),
        row(
            "{ from: article, key: '{id}', fields: [titel, nte] }",
            "The column of public.article 'titel' is unknown. Known: author_id, editor_id, id, note, shout, slug.",
            "The column of public.article 'nte' is unknown. Did you mean note?"),
        row(
            "{ from: article, key: '{ID}', fields: [id] }",
            "The column of public.article 'ID' is unknown. Did you mean id?"),
        row(
            "{ from: article, key: '{slug}', fields: [id] }",
            "Two rows of public.article can have the same key: no unique index covers slug. Add one over all rows, or use the primary key."),
        row(
            "{ from: article, key: '{note}', fields: [id] }",
            "Two rows of public.article can have the same key: no unique index covers note. Add one over all rows, or use the primary key."),
        row(
            "{ from: article, key: '{shout}', fields: [id] }",
            "The log does not carry the generated column shout of public.article, so it cannot be a key or a link yet. Use an ordinary column."),
        row(
            "{ from: keyless, key: '{id}', fields: [id] }",
            "The table 'keyless' has no primary key. Add one: ALTER TABLE \"public\".\"keyless\" ADD PRIMARY KEY (…);"),
        row(
            "{ from: parted, key: '{id}/{name}', fields: [id] }",
            "When a row of public.parted moves or is deleted, the log does not carry its old name:"
                + " the document it leaves would stay wrong. Run: ALTER TABLE"
                + " \"public\".\"parted\" REPLICA IDENTITY FULL; ALTER TABLE"
                + " \"public\".\"part\" REPLICA IDENTITY FULL;"),
        row(
            "{ from: part, key: '{id}', fields: [id] }",
            "'part' is a partition, which is not supported yet. Name the partitioned table:"
                + " public.parted."),
        row(
            "{ from: middle, key: '{id}', fields: [id] }",
            "'middle' is a partition, which is not supported yet. Name the partitioned table:"
                + " public.parted."),
        row(
            "{ from: half, key: '{id}', fields: [id] }",
            "'half' is a partitioned table with an unlogged or foreign partition, which is not"
                + " supported yet. Name an ordinary table."),
        row(
            "{ from: booking, key: '{id}/{during}', fields: [id] }",
            "The table 'booking' has no primary key. Add one: ALTER TABLE \"public\".\"booking\""
                + " ADD PRIMARY KEY (…);"),
        row(
            "{ from: parent, key: '{id}', fields: [id] }",
            "'parent' is a table that others inherit from, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: quick, key: '{id}', fields: [id] }",
            "'quick' is an unlogged table, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: looks, key: '{id}', fields: [id] }",
            "'looks' is a view, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: mute, key: '{id}', fields: [id] }",
            "When a row of public.mute moves or is deleted, the log does not carry its old id: the document it leaves would stay wrong."
                + " Run: ALTER TABLE \"public\".\"mute\" REPLICA IDENTITY USING INDEX \"mute_pkey\";"),
        row(
            "{ from: article, key: '{id}', include: { author: { from: author, fields: [name] } } }",
            "More than one foreign key links public.author and public.article. " + MANY),
        row(
            "{ from: author, key: '{id}', include: { boss: { from: author, fields: [name] } } }",
            "More than one foreign key links public.author and public.author. Say which: on: { boss_id: id } or on: { id: boss_id }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, fields: [slug] } } }",
            "No foreign key links public.tag and public.article. Say on: { column of public.tag: column of public.article }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, through: comment, fields: [slug] } } }",
            "No foreign key links public.tag and public.comment. Say on: { column of public.tag: column of public.comment }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, on: { slg: slug }, fields: [slug] } } }",
            "The column of public.tag 'slg' is unknown. Did you mean slug?"),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, on: { id: slug }, fields: [slug] } } }",
            "This relation does not work: PostgreSQL says \"operator does not exist: integer = text\". "
                + "No operator matches the given name and argument types. You might need to add explicit type casts."),
        row(
            "{ from: article, key: '{id}', include: { a: { from: author, on: { id: author_id }, order: name, fields: [name] } } }",
            "'a' is at most one row, so 'order' and 'limit' mean nothing. Remove them."),
        row(
            "{ from: article, key: '{id}', include: { c: { from: comment, fields: [id] } } }",
            "When a row of public.comment moves or is deleted, the log does not carry its old article_id: the document it leaves would stay wrong."
                + " Run: CREATE UNIQUE INDEX \"comment_forebay_identity\" ON \"public\".\"comment\" (\"id\", \"article_id\"); ALTER TABLE \"public\".\"comment\" REPLICA IDENTITY USING INDEX \"comment_forebay_identity\";"),
        row(
            "{ from: article, key: '{id}', include: { c: { from: note, fields: [id] } } }",
            "When a row of public.note moves or is deleted, the log does not carry its old article_id: the document it leaves would stay wrong."
                + " Run: ALTER TABLE \"public\".\"note\" REPLICA IDENTITY FULL;"),
        row(
            "{ from: tag, key: '{slug}', fields: [id] }",
            "When a row of public.tag moves or is deleted, the log does not carry its old slug: the document it leaves would stay wrong."
                + " Run: CREATE UNIQUE INDEX \"tag_forebay_identity\" ON \"public\".\"tag\" (\"id\", \"slug\"); ALTER TABLE \"public\".\"tag\" REPLICA IDENTITY USING INDEX \"tag_forebay_identity\";"),
        row(
            "{ from: author, key: '{id}', include: { n: { sum: name, from: author, on: { boss_id: id } } } }",
            "'sum' of 'n' is not valid: PostgreSQL says \"function sum(text) does not exist\". No function matches the given name and argument types. You might need to add explicit type casts."),
        row(
            "{ from: author, key: '{id}', include: { n: { max: nam, from: author, on: { boss_id: id } } } }",
            "The column of public.author 'nam' is unknown. Did you mean name?"),
        row(
            "{ from: author, key: '{id}', include: { n: { avg: sum(id), from: author, on: { boss_id: id } } } }",
            "The expression of 'n' is not valid: PostgreSQL says \"aggregate functions are not allowed in WHERE\"."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: labelled, order: extra, fields: [id] } } }",
            "This order does not work: PostgreSQL says \"could not identify an ordering operator for type json\". Use an explicit ordering operator or modify the query."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: labelled, order: through.plce, fields: [id] } } }",
            "The column of public.labelled 'plce' is unknown. Known: article_id, tag_id."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: { from: labelled, where: tag_id, fields: [place] }, fields: [id] } } }",
            "'where' is integer, not boolean. Write a condition.",
            "The column of public.labelled 'place' is unknown. Known: article_id, tag_id."),
        row(nested(17), "This is nested deeper than 16 tables."),
        row(
            "{ from: author, key: '{id}', where: name, fields: [id] }",
            "'where' is text, not boolean. Write a condition."),
        row(
            "{ from: author, key: '{id}', where: nam = 'x', fields: [id] }",
            "'where' is not valid: PostgreSQL says \"column \"nam\" does not exist\". Perhaps you meant to reference the column \"author.name\"."),
        row(
            "{ from: author, key: '{id}', where: name = 'x, fields: [id] }",
            "'where' has an open '."),
        row(
            "{ from: author, key: '{id}', where: \"true) or (true\", fields: [id] }",
            "'where' closes a ')' that it did not open."),
        row(
            "{ from: author, key: '{id}', where: \"true); drop table author; --\", fields: [id] }",
            "'where' closes a ')' that it did not open."),
        row(
            "{ from: author, key: '{id}', where: \"true; drop table author\", fields: [id] }",
            "'where' holds ';' outside quotes; it must be one expression over columns."),
        row(
            "{ from: author, key: '{id}', where: \"true -- x\", fields: [id] }",
            "'where' holds a comment; write it as a comment of YAML."),
        row(
            "{ from: author, key: '{id}', where: exists (select from article), fields: [id] }",
            "'where' holds a sub-query, which is not supported yet; use 'include' for other tables."),
        row(
            "{ from: author, key: '{id}', where: now() > '2026-01-01', fields: [id] }",
            "'where' uses now(), which changes without any change of a row. Give the model a time to rebuild, for example refresh: 1m."),
        row(
            "{ from: author, key: '{id}', where: count(*) > 1, fields: [id] }",
            "'where' is not valid: PostgreSQL says \"aggregate functions are not allowed in WHERE\"."),
        row(
            "{ from: author, key: '{id}', fields: [id, { all: \"generate_series(1, id)\" }] }",
            "The expression of 'all' is not valid: PostgreSQL says \"set-returning functions are not allowed in WHERE\"."),
        row(
            "{ from: article, key: '{id}', fields: [id], include: { author: { from: author, on: { id: author_id }, where: slug = '', fields: [name] } } }",
            "'where' is not valid: PostgreSQL says \"column \"slug\" does not exist\"."),
        row(
            "{ from: author, key: '{id}', fields: [{ x: \"id / 'a'\" }] }",
            "The expression of 'x' is not valid: PostgreSQL says \"invalid input syntax for type integer: \"a\"\"."),
        row(
            "{ singleton: true, include: { a: { from: author, on: { id: id }, fields: [id] } } }",
            "There is no row around a singleton to link to. Remove 'through' and 'on'."));
  }

  private static Arguments row(String model, String... problems) {
    return Arguments.of(model, List.of(problems));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void problems(String model, List<String> expected) {
    assertThat(problemsOf("models:\n  m: " + model))
        .extracting(Problem::toString)
        .containsExactlyElementsOf(expected.stream().map(p -> "forebay.yaml:2: " + p).toList());
  }

  private static List<Problem> problemsOf(String yaml) {
    InvalidSetupException thrown =
        catchThrowableOfType(InvalidSetupException.class, () -> database.compile(yaml));
    assertThat(thrown).as("nothing was wrong with " + yaml).isNotNull();
    return thrown.problems();
  }

  @Test
  void compile_everyProblemAtOnce() {
    assertThat(
            problemsOf(
                """
                models:
                  a:
                    from: artcle
                    key: "{id}"
                    fields: [id]
                  b:
                    from: article
                    key: "{id}"
                    where: slg = ''
                    fields: [slug, nope]
                    include:
                      comments:
                        from: comment
                        order: wen
                        limit: x
                        fields: [idd]
                    refresh: 1
                resources:
                  r: { table: tag, key: id, write: [slag] }
                """))
        .extracting(Problem::where)
        .containsExactly(
            "forebay.yaml:3",
            "forebay.yaml:9",
            "forebay.yaml:10",
            "forebay.yaml:14",
            "forebay.yaml:15",
            "forebay.yaml:16",
            "forebay.yaml:17",
            "forebay.yaml:19");
  }

  @Test
  void compile_resource() {
    assertThat(
            problemsOf(
                "resources:\n  r: { table: article, key: author_id, write: [shout, slug, slug] }"))
        .extracting(Problem::toString)
        .containsExactly(
            "forebay.yaml:2: 'shout' is generated; nobody can write it.",
            "forebay.yaml:2: Two rows of public.article can have the same author_id. Use columns that a unique index covers, or the primary key.",
            "forebay.yaml:2: 'write' names slug of public.article twice.");
  }

  @Test
  void compile_mendedIdentity_isEnough() throws Exception {
    String yaml = "models:\n  m: { from: tag, key: '{label}', fields: [id], where: slug <> '' }";
    String fix = String.valueOf(problemsOf(yaml).getFirst().fix());
    database.execute(fix.substring("Run: ".length()));

    assertThat(database.compile(yaml).models()).hasSize(1);
    database.execute("alter table tag replica identity default");
  }

  @Test
  void compile_leavesTheConnectionAsItWas() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> ModelCompiler.compile(Path.of("/nowhere.yaml"), connection))
          .isInstanceOf(InvalidSetupException.class);
      assertThat(connection.getAutoCommit()).isTrue();
      statement.execute("create temporary table written (x int)");
    }
  }
}

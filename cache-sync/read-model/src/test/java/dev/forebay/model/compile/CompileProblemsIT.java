package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
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
        create table wordy (id int primary key, a text not null, b text not null, unique (b), unique (b, id));
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

  private static final String MEND =
      "forebay check --fix looks for SQL that mends it and is harmless to your own writes.";

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
            "from: The table 'artcle' is unknown. Did you mean article?"),
        row(
            "{ from: Article, key: '{id}', fields: [id] }",
            "from: The table 'Article' is unknown. Did you mean article?"),
        row(
            "{ from: article, key: '{id}', fields: [titel, nte] }",
            "fields: The column of public.article 'titel' is unknown. Known: author_id, editor_id, id, note, shout, slug.",
            "fields: The column of public.article 'nte' is unknown. Did you mean note?"),
        row(
            "{ from: article, key: '{ID}', fields: [id] }",
            "key: The column of public.article 'ID' is unknown. Did you mean id?"),
        row(
            "{ from: article, key: '{slug}', fields: [id] }",
            "key: Two rows of public.article can have the same key: no unique index covers slug. Add one over all rows, or use the primary key."),
        row(
            "{ from: article, key: '{note}', fields: [id] }",
            "key: Two rows of public.article can have the same key: no unique index covers note. Add one over all rows, or use the primary key."),
        row(
            "{ from: article, key: '{shout}', fields: [id] }",
            "key: The log does not carry the generated column shout of public.article, so it cannot be a key or a link yet. Use an ordinary column."),
        row(
            "{ from: keyless, key: '{id}', fields: [id] }",
            "from: The table 'keyless' has no primary key. Add one: ALTER TABLE \"public\".\"keyless\" ADD PRIMARY KEY (…);"),
        row(
            "{ from: parted, key: '{id}/{name}', fields: [id] }",
            "key: When a row of public.parted moves or is deleted, the log does not carry its old name: the document it leaves would stay wrong. "
                + MEND),
        row(
            "{ from: part, key: '{id}', fields: [id] }",
            "from: 'part' is a partition, which is not supported yet. Name the partitioned table:"
                + " public.parted."),
        row(
            "{ from: middle, key: '{id}', fields: [id] }",
            "from: 'middle' is a partition, which is not supported yet. Name the partitioned table:"
                + " public.parted."),
        row(
            "{ from: half, key: '{id}', fields: [id] }",
            "from: 'half' is a partitioned table with an unlogged or foreign partition, which is not"
                + " supported yet. Name an ordinary table."),
        row(
            "{ from: booking, key: '{id}/{during}', fields: [id] }",
            "from: The table 'booking' has no primary key. Add one: ALTER TABLE \"public\".\"booking\""
                + " ADD PRIMARY KEY (…);"),
        row(
            "{ from: parent, key: '{id}', fields: [id] }",
            "from: 'parent' is a table that others inherit from, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: quick, key: '{id}', fields: [id] }",
            "from: 'quick' is an unlogged table, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: looks, key: '{id}', fields: [id] }",
            "from: 'looks' is a view, which is not supported yet. Name an ordinary table."),
        row(
            "{ from: mute, key: '{id}', fields: [id] }",
            "key: When a row of public.mute moves or is deleted, the log does not carry its old id: the document it leaves would stay wrong. "
                + MEND),
        row(
            "{ from: article, key: '{id}', include: { author: { from: author, fields: [name] } } }",
            "include.author.from: More than one foreign key links public.author and public.article. "
                + MANY),
        row(
            "{ from: author, key: '{id}', include: { boss: { from: author, fields: [name] } } }",
            "include.boss.from: More than one foreign key links public.author and public.author. Say which: on: { boss_id: id } or on: { id: boss_id }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, fields: [slug] } } }",
            "include.tags.from: No foreign key links public.tag and public.article. Say on: { column of public.tag: column of public.article }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, through: comment, fields: [slug] } } }",
            "include.tags.from: No foreign key links public.tag and public.comment. Say on: { column of public.tag: column of public.comment }."),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, on: { slg: slug }, fields: [slug] } } }",
            "include.tags.on.slg: The column of public.tag 'slg' is unknown. Did you mean slug?"),
        row(
            "{ from: article, key: '{id}', include: { tags: { from: tag, on: { id: slug }, fields: [slug] } } }",
            "include.tags.on: This relation does not work: PostgreSQL says \"operator does not exist: integer = text\". "
                + "No operator matches the given name and argument types. You might need to add explicit type casts."),
        row(
            "{ from: article, key: '{id}', include: { a: { from: author, on: { id: author_id }, order: name, fields: [name] } } }",
            "include.a.order: 'a' is at most one row, so 'order' and 'limit' mean nothing. Remove them."),
        row(
            "{ from: article, key: '{id}', include: { c: { from: comment, fields: [id] } } }",
            "include.c.from: When a row of public.comment moves or is deleted, the log does not carry its old article_id: the document it leaves would stay wrong. "
                + MEND),
        row(
            "{ from: article, key: '{id}', include: { c: { from: note, fields: [id] } } }",
            "include.c.from: When a row of public.note moves or is deleted, the log does not carry its old article_id: the document it leaves would stay wrong. "
                + MEND),
        row(
            "{ from: tag, key: '{slug}', fields: [id] }",
            "key: When a row of public.tag moves or is deleted, the log does not carry its old slug: the document it leaves would stay wrong. "
                + MEND),
        row(
            "{ from: author, key: '{id}', include: { n: { sum: name, from: author, on: { boss_id: id } } } }",
            "include.n.sum: 'sum' of 'n' is not valid: PostgreSQL says \"function sum(text) does not exist\". No function matches the given name and argument types. You might need to add explicit type casts."),
        row(
            "{ from: author, key: '{id}', include: { n: { max: nam, from: author, on: { boss_id: id } } } }",
            "include.n.max: The column of public.author 'nam' is unknown. Did you mean name?"),
        row(
            "{ from: author, key: '{id}', include: { n: { avg: sum(id), from: author, on: { boss_id: id } } } }",
            "include.n.avg: The expression of 'n' is not valid: PostgreSQL says \"aggregate functions are not allowed in WHERE\"."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: labelled, order: extra, fields: [id] } } }",
            "include.t.order: This order does not work: PostgreSQL says \"could not identify an ordering operator for type json\". Use an explicit ordering operator or modify the query."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: labelled, order: through.plce, fields: [id] } } }",
            "include.t.order: The column of public.labelled 'plce' is unknown. Known: article_id, tag_id."),
        row(
            "{ from: article, key: '{id}', include: { t: { from: tag, through: { from: labelled, where: tag_id, fields: [place] }, fields: [id] } } }",
            "include.t.through.where: 'where' is integer, not boolean. Write a condition.",
            "include.t.through.fields: The column of public.labelled 'place' is unknown. Known: article_id, tag_id."),
        row(
            nested(17),
            "include.boss.".repeat(16)
                + "include.boss: "
                + "This is nested deeper than 16 tables."),
        row(
            "{ from: author, key: '{id}', where: name, fields: [id] }",
            "where: 'where' is text, not boolean. Write a condition."),
        row(
            "{ from: author, key: '{id}', where: nam = 'x', fields: [id] }",
            "where: 'where' is not valid: PostgreSQL says \"column \"nam\" does not exist\". Perhaps you meant to reference the column \"author.name\"."),
        row(
            "{ from: author, key: '{id}', where: name = 'x, fields: [id] }",
            "where: 'where' has an open '."),
        row(
            "{ from: author, key: '{id}', where: \"true) or (true\", fields: [id] }",
            "where: 'where' closes a ')' that it did not open."),
        row(
            "{ from: author, key: '{id}', where: \"true); drop table author; --\", fields: [id] }",
            "where: 'where' closes a ')' that it did not open."),
        row(
            "{ from: author, key: '{id}', where: \"true; drop table author\", fields: [id] }",
            "where: 'where' holds ';' outside quotes; it must be one expression over columns."),
        row(
            "{ from: author, key: '{id}', where: \"true -- x\", fields: [id] }",
            "where: 'where' holds a comment; write it as a comment of YAML."),
        row(
            "{ from: author, key: '{id}', where: exists (select from article), fields: [id] }",
            "where: 'where' holds a sub-query, which is not supported yet; use 'include' for other tables."),
        row(
            "{ from: author, key: '{id}', where: now() > '2026-01-01', fields: [id] }",
            "where: 'where' uses now(), which changes without any change of a row. Give the model a time to rebuild, for example refresh: 1m."),
        row(
            "{ from: author, key: '{id}', where: count(*) > 1, fields: [id] }",
            "where: 'where' is not valid: PostgreSQL says \"aggregate functions are not allowed in WHERE\"."),
        row(
            "{ from: author, key: '{id}', fields: [id, { all: \"generate_series(1, id)\" }] }",
            "fields.all: The expression of 'all' is not valid: PostgreSQL says \"set-returning functions are not allowed in WHERE\"."),
        row(
            "{ from: article, key: '{id}', fields: [id], include: { author: { from: author, on: { id: author_id }, where: slug = '', fields: [name] } } }",
            "include.author.where: 'where' is not valid: PostgreSQL says \"column \"slug\" does not exist\"."),
        row(
            "{ from: author, key: '{id}', fields: [{ x: \"id / 'a'\" }] }",
            "fields.x: The expression of 'x' is not valid: PostgreSQL says \"invalid input syntax for type integer: \"a\"\"."),
        row(
            "{ singleton: true, include: { a: { from: author, on: { id: id }, fields: [id] } } }",
            "include.a.from: There is no row around a singleton to link to. Remove 'through' and 'on'."));
  }

  private static Arguments row(String model, String... problems) {
    return Arguments.of(model, List.of(problems));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void problems(String model, List<String> expected) {
    assertThat(problemsOf("models:\n  m: " + model))
        .extracting(Problem::toString)
        .containsExactlyElementsOf(
            expected.stream().map(p -> "forebay.yaml:2 models.m." + p).toList());
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
            "forebay.yaml:3 models.a.from",
            "forebay.yaml:9 models.b.where",
            "forebay.yaml:10 models.b.fields",
            "forebay.yaml:14 models.b.include.comments.order",
            "forebay.yaml:15 models.b.include.comments.limit",
            "forebay.yaml:16 models.b.include.comments.fields",
            "forebay.yaml:17 models.b.refresh",
            "forebay.yaml:19 resources.r.write");
  }

  @Test
  void compile_resource() {
    assertThat(
            problemsOf(
                "resources:\n  r: { table: article, key: author_id, write: [shout, slug, slug] }"))
        .extracting(Problem::toString)
        .containsExactly(
            "forebay.yaml:2 resources.r.write: 'shout' is generated; nobody can write it.",
            "forebay.yaml:2 resources.r.key: Two rows of public.article can have the same author_id. Use columns that a unique index covers, or the primary key.",
            "forebay.yaml:2 resources.r.write: 'write' names slug of public.article twice.");
    assertThat(problemsOf("resources:\n  r: { table: article, write: [slug, id], version: id }"))
        .extracting(Problem::toString)
        .containsExactly(
            "forebay.yaml:2 resources.r.version: 'id' is the version of public.article, which nobody sets. Take it out of 'write'.");
  }

  static Stream<Arguments> identities() {
    Mend.Way full = new Mend.Full();
    List<String> both = List.of("id", "slug");
    return Stream.of(
        identity(
            "mute, key: '{id}'",
            List.of("mute"),
            new Mend.Existing("mute_pkey", List.of("id")),
            new Mend.Made("mute_forebay_identity", List.of("id"), true),
            full),
        identity("parted, key: '{id}/{name}'", List.of("parted", "part"), full),
        identity(
            "tag, key: '{slug}'",
            List.of("tag"),
            new Mend.Made("tag_forebay_identity", both, true),
            full),
        identity(
            "wordy, key: '{b}'",
            List.of("wordy"),
            new Mend.Existing("wordy_b_id_key", List.of("b", "id")),
            new Mend.Made("wordy_forebay_identity", List.of("id", "b"), true),
            full),
        identity(
            "author, key: '{id}', include: { w: { count: wordy, on: { a: name } } }",
            List.of("wordy"),
            full,
            new Mend.Made("wordy_forebay_identity", List.of("id", "a"), false)),
        identity("tag, key: '{label}'", List.of("tag"), full));
  }

  private static Arguments identity(String model, List<String> tables, Mend.Way... ways) {
    return Arguments.of(model, tables, List.of(ways));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void identities(String model, List<String> tables, List<Mend.Way> ways) {
    assertThat(problemsOf("models:\n  m: { from: " + model + ", fields: [id] }"))
        .singleElement()
        .extracting(Problem::mend)
        .isEqualTo(
            new Mend.Identity(
                tables.stream().map(table -> new TableName("public", table)).toList(), ways));
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

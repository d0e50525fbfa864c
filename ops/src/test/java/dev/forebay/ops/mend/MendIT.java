package dev.forebay.ops.mend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ops.start.SetupCheck;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each mend on a real server: the problem is gone, or the user's own writes still work. */
class MendIT {

  private static final String COUNTED =
      "  article: { from: article, key: \"{id}\", include: { notes: { count: note } } }\n";

  private static final String IDENTITY =
      "select coalesce((select i.indexrelid::regclass::text from pg_index i"
          + " where i.indrelid = c.oid and i.indisreplident), c.relreplident::text)"
          + " from pg_class c where relname = 'note'";

  @TempDir static Path directory;
  private static MendFixture server;

  @BeforeAll
  static void start() throws Exception {
    server = new MendFixture(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    server.reset();
    server.declare(COUNTED);
    server.own("create table article (id int primary key)", "insert into article values (1), (2)");
  }

  private static void note(String more) throws SQLException {
    server.own(
        "create table note (id int primary key, body text, " + more + ")",
        "create index on note (article_id)",
        "insert into note (id, body, article_id) values (1, 'one', 1)");
  }

  private static void assertWritable() throws SQLException {
    server.own(
        "update note set body = 'two', article_id = 2 where id = 1",
        "insert into note (id, article_id) values (-9, 1)",
        "delete from note where id = -9");
  }

  private static void assertMended(String identity) throws SQLException {
    SetupCheck check = server.check();
    assertThat(check.errors()).isEmpty();
    assertThat(check.warnings()).isEmpty();
    assertThat(server.texts(IDENTITY)).containsExactly(identity);
    publishAsTheWorkerWould();
    assertWritable();
  }

  private static void assertRefused(List<Fix> fixes, String reason) throws SQLException {
    assertThat(fixes)
        .singleElement()
        .satisfies(fix -> {
          assertThat(fix.steps()).isEmpty();
          assertThat(fix.notes())
              .first()
              .isEqualTo("Nothing was found that your own writes of this table would survive.");
          assertThat(fix.notes()).anyMatch(note -> note.contains(reason));
        });
    assertThat(server.apply(fixes)).singleElement().asString().startsWith("left: forebay.yaml:2 ");
    publishAsTheWorkerWould();
    assertWritable();
  }

  private static void publishAsTheWorkerWould() throws SQLException {
    if (server.texts("select 1 from pg_publication where pubname = 'forebay'").isEmpty()) {
      server.own("create publication forebay with (publish_via_partition_root = true)");
    }
    server.own("alter publication forebay set table article, note");
  }

  @Test
  void identity_overNotNullColumns_isANewIndex() throws Exception {
    note("article_id int not null references article");

    List<String> told = server.apply(server.fixes());

    assertThat(told)
        .containsExactly(
            "done: CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"note_forebay_identity\" ON"
                + " \"public\".\"note\" (\"id\", \"article_id\");",
            "done: ALTER TABLE \"public\".\"note\" REPLICA IDENTITY USING INDEX"
                + " \"note_forebay_identity\";");
    assertMended("note_forebay_identity");
  }

  @Test
  void identity_whereAnIndexServes_isThatOne() throws Exception {
    note("article_id int not null references article, unique (article_id, id)");

    server.apply(server.fixes());

    assertMended("note_article_id_id_key");
  }

  @Test
  void identity_overANullableColumn_isFull() throws Exception {
    note("article_id int references article");

    assertThat(server.apply(server.fixes()))
        .containsExactly("done: ALTER TABLE \"public\".\"note\" REPLICA IDENTITY FULL;");
    assertMended("f");
  }

  @Test
  void identity_fullWithAVirtualColumn_isRefused() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) virtual");

    assertRefused(server.fixes(), "unpublished generated columns");
  }

  @Test
  void identity_fullWithAStoredColumn_publishesIt() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) stored");
    List<Fix> fixes = server.fixes();

    assertThat(server.apply(fixes))
        .containsExactly(
            "done: CREATE PUBLICATION \"forebay\" WITH (publish_via_partition_root = true,"
                + " publish_generated_columns = stored);",
            "done: ALTER TABLE \"public\".\"note\" REPLICA IDENTITY FULL;");
    assertMended("f");
  }

  @Test
  void identity_fullWithAStoredColumn_altersAPublicationThatIsThere() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) stored");
    publishAsTheWorkerWould();

    assertThat(server.apply(server.fixes()))
        .startsWith(
            "done: ALTER PUBLICATION \"forebay\" SET (publish_generated_columns = stored);");
    assertMended("f");
  }

  @Test
  void identity_fullWithAStoredColumnThatAnotherPublicationLacks_isRefused() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) stored");
    server.own("create publication other for table note");

    assertRefused(server.fixes(), "unpublished generated columns");
  }

  @Test
  void identity_outsideAnothersColumnList_isRefused() throws Exception {
    note("article_id int not null references article");
    server.own("create publication other for table note (id)");

    assertRefused(server.fixes(), "Column list used by the publication");
  }

  @Test
  void identity_outsideAnothersRowFilter_isFullInstead() throws Exception {
    note(
        "article_id int not null references article, kind text not null default 'k', unique (id, kind)");
    server.own(
        "alter table note replica identity using index note_id_kind_key",
        "create publication other for table note where (kind <> 'x')");

    server.apply(server.fixes());

    assertThat(server.texts(IDENTITY)).containsExactly("f");
    server.own("update note set body = 'two'", "delete from note");
  }

  @Test
  void identity_ofAllTablesOfASchema_isSeen() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) stored");
    server.execute("create publication other for tables in schema public");

    assertRefused(server.fixes(), "unpublished generated columns");
  }

  @Test
  void identity_overTextOfAnyLength_isFull() throws Exception {
    server.declare(
        "  article: { from: article, key: \"{id}\","
            + " include: { notes: { count: note, on: { title: id } } } }\n");
    server.reset();
    server.own(
        "create table article (id text primary key)",
        "create table note (id int primary key, title text not null)");

    assertThat(server.apply(server.fixes()))
        .containsExactly("done: ALTER TABLE \"public\".\"note\" REPLICA IDENTITY FULL;");
  }

  @Test
  void identity_overTextOfAnyLengthWhereFullFails_isLeftToAPerson() throws Exception {
    server.declare(
        "  article: { from: article, key: \"{id}\","
            + " include: { notes: { count: note, on: { title: id } } } }\n");
    server.reset();
    server.own(
        "create table article (id text primary key)",
        "create table note (id int primary key, title text not null,"
            + " twice int generated always as (id * 2) virtual)");

    assertThat(server.apply(server.fixes()))
        .hasSize(2)
        .allMatch(line -> line.startsWith("left to you: "));
    assertThat(server.texts(IDENTITY)).containsExactly("d");
  }

  @Test
  void identity_ofPartitions_isSetOnEach() throws Exception {
    server.own(
        "create table note (id int primary key, body text, article_id int references article)"
            + " partition by range (id)",
        "create index on note (article_id)",
        "create table note_a partition of note for values from (-9) to (5)",
        "create table note_b partition of note for values from (5) to (10)",
        "alter table note_a replica identity full",
        "insert into note values (1, 'one', 1), (6, 'six', 1)");

    server.apply(server.fixes());

    assertThat(server.texts("select relname from pg_class where relreplident = 'f' order by 1"))
        .containsExactly("note", "note_a", "note_b");
    assertMended("f");
  }

  @Test
  void identity_ofPartitions_oneRefused_changesNone() throws Exception {
    server.own(
        "create table note (id int primary key, body text, article_id int references article)"
            + " partition by range (id)",
        "create index on note (article_id)",
        "create table note_a partition of note for values from (-9) to (5)",
        "create table note_b partition of note for values from (5) to (10)",
        "insert into note values (1, 'one', 1), (6, 'six', 1)",
        "create publication other for table note_b (id)");

    assertRefused(server.fixes(), "Column list used by the publication");
    server.own("update note set body = 'seven' where id = 6");
    assertThat(server.texts("select relname from pg_class where relreplident = 'f'")).isEmpty();
  }

  @Test
  void apply_whatChangedSinceTheProof_isRolledBack() throws Exception {
    note("article_id int references article");
    List<Fix> fixes = server.fixes();
    server.own("create publication other for table note (id)");

    assertThat(server.apply(fixes))
        .singleElement()
        .asString()
        .contains("was not done", "Column list used by the publication");
    assertThat(server.texts(IDENTITY)).containsExactly("d");
    assertWritable();
  }

  @Test
  void apply_refusedAfterAnIndexWasMade_dropsIt() throws Exception {
    note("article_id int not null references article");
    List<Fix> fixes = server.fixes();
    server.own("create publication other for table note (id)");

    assertThat(server.apply(fixes)).last().asString().startsWith("failed: ");
    assertThat(server.texts("select to_regclass('note_forebay_identity')")).containsOnlyNulls();
    assertWritable();
  }

  @Test
  void apply_whileATransactionHoldsTheTable_saysSoAndChangesNothing() throws Exception {
    note("article_id int references article");
    List<Fix> fixes;
    try (Connection user = server.connect();
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("update note set body = 'open' where id = 1");
      fixes = server.fixes(); // proves without waiting for it

      assertThat(server.apply(fixes))
          .singleElement()
          .asString()
          .contains("another transaction has used the table for more than 2 s");
      user.rollback();
    }
    assertThat(server.texts(IDENTITY)).containsExactly("d");

    server.apply(fixes);
    assertMended("f");
  }

  @Test
  void apply_indexThatCannotBeFinished_isDroppedByTheNextAttempt() throws Exception {
    note("article_id int not null references article");
    List<Fix> fixes = server.fixes();
    try (Connection user = server.connect();
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("update note set body = 'open' where id = 1");

      assertThat(server.apply(fixes))
          .singleElement()
          .asString()
          .contains("for more than 1 s", "An invalid index is left; the next attempt drops it");
      user.rollback();
    }
    assertThat(server.texts(IDENTITY)).containsExactly("d");

    server.apply(fixes);
    assertMended("note_forebay_identity");
  }

  @Test
  void apply_firesNoTriggerOfTheUsers() throws Exception {
    note("article_id int references article");
    server.own(
        "create table seen (what text)",
        "create function see() returns trigger language plpgsql as"
            + " $$ begin insert into public.seen values (tg_op); return null; end $$",
        "create trigger see after update or delete on note for each statement"
            + " execute function see()");

    server.apply(server.fixes());

    assertThat(server.texts("select what from seen")).isEmpty();
    assertMended("f");
  }

  @Test
  void proof_leavesNothingBehind() throws Exception {
    note("article_id int references article, twice int generated always as (id * 2) virtual");
    server.fixes();

    assertThat(server.texts("select nspname from pg_namespace where nspname like 'forebay%'"))
        .isEmpty();
    assertThat(server.texts("select pubname from pg_publication")).isEmpty();
  }

  @Test
  void identity_ofATableWithAnIdentityColumnOnly() throws Exception {
    server.declare("  article: { from: article, key: \"{id}\", fields: [id] }\n");
    server.reset();
    server.own(
        "create table article (id int generated always as identity primary key)",
        "alter table article replica identity nothing");

    assertThat(server.apply(server.fixes()))
        .containsExactly(
            "done: ALTER TABLE \"public\".\"article\" REPLICA IDENTITY USING INDEX"
                + " \"article_pkey\";");
    assertThat(server.check().errors()).isEmpty();
  }

  @Test
  void publication_ofSomeOperations_isMended() throws Exception {
    note("article_id int references article");
    server.own(
        "alter table note replica identity full",
        "create publication forebay for table article, note (id) with (publish = 'insert')");
    assertThat(server.check().errors()).hasSize(2);

    assertThat(server.apply(server.fixes()))
        .containsExactly(
            "done: ALTER PUBLICATION \"forebay\" SET (publish = 'insert, update, delete,"
                + " truncate');",
            "done: ALTER PUBLICATION \"forebay\" DROP TABLE public.article, public.note;");
    assertMended("f");
  }

  @Test
  void publication_withATableThatCannotBeUpdated_isRefused() throws Exception {
    note("article_id int references article");
    server.own(
        "alter table note replica identity full",
        "create table bare (id int)",
        "insert into bare values (1)",
        "create publication forebay for table note, bare with (publish = 'insert')");

    List<Fix> fixes = server.fixes();

    assertThat(fixes).hasSize(1);
    assertThat(fixes.getFirst().steps()).isEmpty();
    assertThat(fixes.getFirst().notes()).anyMatch(note -> note.contains("replica identity"));
    server.apply(fixes);
    server.own("update bare set id = 2");
  }

  @Test
  void publication_ofSomeColumns_isMended() throws Exception {
    note("article_id int references article");
    server.own(
        "alter table note replica identity full",
        "create publication forebay for table article, note (id, body, article_id)",
        "alter table note add column more int");

    assertThat(server.apply(server.fixes()))
        .containsExactly("done: ALTER PUBLICATION \"forebay\" DROP TABLE \"public\".\"note\";");
    assertMended("f");
  }

  @Test
  void index_missing_isMade() throws Exception {
    server.own(
        "create table note (id int primary key, body text, article_id int references article)",
        "alter table note replica identity full",
        "insert into note select g, 'b', 1 from generate_series(1, 6000) g",
        "analyze note");

    assertThat(server.apply(server.fixes()))
        .containsExactly(
            "done: CREATE INDEX CONCURRENTLY IF NOT EXISTS \"note_article_id_forebay\" ON"
                + " \"public\".\"note\" (\"article_id\");");
    assertMended("f");
  }

  @Test
  void administratorsPart_isNeverRun() throws Exception {
    note("article_id int references article");
    server.own(
        "alter table note replica identity full",
        "alter table note enable row level security",
        "alter table note force row level security");

    List<Fix> fixes = server.fixes();

    assertThat(server.apply(fixes)).containsExactly("left to you: ALTER ROLE worker BYPASSRLS;");
    assertThat(FixScript.of(fixes))
        .contains("\n-- Run as administrator:\n--   ALTER ROLE worker BYPASSRLS;\n");
    assertThat(server.check().errors()).hasSize(1);
  }

  @Test
  void names_cannotEndACommentOrAQuote() throws Exception {
    String name = "nö\"te 🌊\n; drop table article; --";
    String quoted = "\"" + name.replace("\"", "\"\"") + "\"";
    server.declare(
        "  article: { from: article, key: \"{id}\", include: { notes: { count: \"nö\\\"te 🌊\\n;"
            + " drop table article; --\" } } }\n");
    server.own(
        "create table "
            + quoted
            + " (id int primary key, \"Ä \"\" \n;\" int not null references article)");

    List<Fix> fixes = server.fixes();
    String sql =
        FixScript.of(fixes)
            .lines()
            .filter(line -> !line.startsWith("-- "))
            .reduce("", (all, line) -> all + line + "\n");
    assertThat(sql.strip())
        .startsWith("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"nö\"\"te")
        .endsWith("COMMIT;")
        .contains(quoted);
    assertThat(server.apply(fixes)).hasSize(2).allMatch(line -> line.startsWith("done: "));
    assertThat(server.check().errors()).isEmpty();
  }
}

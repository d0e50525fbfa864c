package dev.forebay.ops.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.plan.ModelPlan.State;
import dev.forebay.ops.plan.PlannedDatabase.Applied;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `forebay plan` says, beside what a real worker did before and does afterwards. */
@NullUnmarked
class PlanIT {

  private static final String NOTES = model("note", "\"{slug}\"", "rank >= 0", "[slug, title]");
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final int ROWS = 1_200;

  private static EmbeddedPostgres postgres;
  @TempDir static Path directory;
  private PlannedDatabase database;

  @BeforeAll
  static void startServer() throws IOException {
    postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("max_replication_slots", "30")
            .setServerConfig("max_wal_senders", "30")
            .start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void load() throws Exception {
    database = new PlannedDatabase(postgres, "plan" + DATABASES.incrementAndGet(), directory);
    database.execute(
        """
        create table note (
          id int primary key, slug text not null unique, code text not null unique, title text, rank int)\
        """,
        "alter table note replica identity full", // keys are made of other columns
        "create table tag (id int primary key, name text not null)",
        """
        insert into note
        select i, 'note-' || i, 'c' || i, 'Title ' || i, mod(i, 10) from generate_series(1, %d) i\
        """
            .formatted(ROWS),
        "insert into tag values (1, 'a'), (2, 'b')");
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static String model(String name, String key, String where, String fields) {
    return "  %s: { from: note, key: %s, where: %s, fields: %s }\n"
        .formatted(name, key, where, fields);
  }

  private static String file(String... models) {
    return "models:\n" + String.join("", models);
  }

  @Test
  void plan_neverSynced_addsEverythingAndMakesNothing() throws Exception {
    Plan plan = database.plan(file(NOTES));

    ModelPlan note = plan.models().getFirst();
    assertThat(note.state()).isEqualTo(State.NEW);
    assertThat(counts(note)).isEqualTo("0 + 1200, ~0, -0, =0, dead 0");
    assertThat(note.samples().added()).hasSize(3).contains("note:note-1");
    assertThat(note.bytesAfter()).isEqualTo(note.bytesWritten()).isPositive();
    assertThat(plan.notes()).singleElement().asString().startsWith("No worker has kept");
    assertThat(plan.changes()).isEmpty();
    assertThat(database.query("select nspname from pg_namespace where nspname ~ 'forebay'"))
        .isEmpty();
  }

  @Test
  void plan_sameFile_costsNothing_evenIfEverythingIsLookedAt() throws Exception {
    database.apply(file(NOTES));

    Plan plan = database.plan(file(NOTES));
    Plan looked = database.plan(file(NOTES), new PlanOptions(null, 100, 3, true));

    assertThat(plan.models().getFirst().state()).isEqualTo(State.UNCHANGED);
    assertThat(looked.models().getFirst().state()).isEqualTo(State.LOOKED_AT);
    for (Plan one : List.of(plan, looked)) {
      assertThat(counts(one.models().getFirst())).isEqualTo("1200 + 0, ~0, -0, =1200, dead 0");
      assertThat(one.cost().bytesAfter()).isEqualTo(one.cost().bytesBefore()).isPositive();
      assertThat(one.cost().requests()).isZero();
      assertThat(one.changes()).isEmpty();
      assertThat(one.notes()).isEmpty();
    }
  }

  @Test
  void plan_fieldRenamed_changesEveryDocumentAndShowsSome() throws Exception {
    database.apply(file(NOTES));

    Plan plan =
        database.plan(file(model("note", "\"{slug}\"", "rank >= 0", "[slug, { heading: title }]")));

    assertThat(plan.models().getFirst().state()).isEqualTo(State.CHANGED);
    assertThat(counts(plan.models().getFirst())).isEqualTo("1200 + 0, ~1200, -0, =0, dead 0");
    assertThat(plan.changes()).hasSize(3);
    assertThat(plan.changes().getFirst())
        .isEqualTo(
            new Plan.DocumentChange(
                "note",
                "note:note-1",
                "{\"slug\": \"note-1\", \"title\": \"Title 1\"}",
                "{\"slug\": \"note-1\", \"heading\": \"Title 1\"}",
                null));
  }

  @Test
  void plan_whereNarrowed_removes_andWidened_adds() throws Exception {
    database.apply(file(model("note", "\"{slug}\"", "rank > 4", "[slug, title]")));

    Plan narrowed = database.plan(file(model("note", "\"{slug}\"", "rank > 7", "[slug, title]")));
    Plan widened = database.plan(file(NOTES));

    assertThat(counts(narrowed.models().getFirst())).isEqualTo("600 + 0, ~0, -360, =240, dead 0");
    assertThat(narrowed.models().getFirst().samples().removed())
        .hasSize(3)
        .allMatch(key -> key.matches("note:note-\\d*[567]"));
    assertThat(counts(widened.models().getFirst())).isEqualTo("600 + 600, ~0, -0, =600, dead 0");
    assertThat(widened.changes()).isEmpty();
  }

  @Test
  void plan_keyTemplateChanged_addsAndRemovesAll() throws Exception {
    database.apply(file(NOTES));

    Plan plan = database.plan(file(model("note", "\"{code}\"", "rank >= 0", "[slug, title]")));

    assertThat(counts(plan.models().getFirst())).isEqualTo("1200 + 1200, ~0, -1200, =0, dead 0");
    assertThat(plan.cost().writes()).isEqualTo(1_200);
    assertThat(plan.cost().deletes()).isEqualTo(1_200);
  }

  @Test
  void plan_modelAddedAndRemoved_keepsWhatIsNoLongerDeclared() throws Exception {
    database.apply(file(NOTES));

    Plan plan = database.plan("models:\n  tag: { from: tag, key: \"{id}\", fields: [name] }\n");

    assertThat(plan.models()).extracting(ModelPlan::name).containsExactly("tag", "note");
    assertThat(plan.models())
        .extracting(ModelPlan::state)
        .containsExactly(State.NEW, State.NOT_KEPT);
    assertThat(counts(plan.models().get(0))).isEqualTo("0 + 2, ~0, -0, =0, dead 0");
    assertThat(counts(plan.models().get(1))).isEqualTo("1200 + 0, ~0, -0, =1200, dead 0");
    assertThat(plan.cost().deletes()).isZero();
  }

  @Test
  void plan_deadLetters_areCountedWithTheirReasonAndStayInKv() throws Exception {
    database.execute(
        "update note set slug = repeat('x', 504) where id = 3",
        "update note set title = repeat('long ', 6000000) where id = 4");
    database.apply(file(NOTES));

    Plan plan =
        database.plan(
            file(
                model(
                    "note",
                    "\"{slug}\"",
                    "rank >= 0",
                    "[slug, title, { share: \"100 / rank\" }]")));

    // rank is 0 in 120 rows, whose documents KV holds; neither the long key nor the large value is.
    ModelPlan note = plan.models().getFirst();
    assertThat(counts(note)).isEqualTo("1198 + 0, ~1078, -0, =0, dead 122");
    assertThat(note.samples().deadLetters())
        .extracting(ModelPlan.DeadLetter::reason)
        .contains("PostgreSQL cannot build it: SQLSTATE 22012 in int4div");
    long kept =
        Long.parseLong(
            database
                .query(
                    "select sum(bytes) from %s.document where kv_key ~ '0$'"
                        .formatted(database.schema()))
                .getFirst());
    assertThat(note.bytesAfter()).isEqualTo(note.bytesWritten() + kept);
  }

  @Test
  void plan_deadLetters_ofKv_haveTheWorkersWords() throws Exception {
    database.execute(
        "delete from note where id > 4",
        "update note set slug = repeat('x', 504) where id = 3",
        "update note set title = repeat('long ', 6000000) where id = 4");

    Plan plan = database.plan(file(NOTES));
    database.apply(file(NOTES));

    assertThat(counts(plan.models().getFirst())).isEqualTo("0 + 2, ~0, -0, =0, dead 2");
    assertThat(plan.models().getFirst().samples().deadLetters())
        .extracting(dead -> dead.key() + " " + dead.reason())
        .containsExactlyInAnyOrderElementsOf(
            database.query(
                "select kv_key || ' ' || reason from %s.dead_letter".formatted(database.schema())));
  }

  @Test
  void plan_sample_countsKeysAndEstimatesTheRest() throws Exception {
    database.apply(file(NOTES));
    database.execute(
        "insert into note select i, 'note-' || i, 'c' || i, 'Title ' || i, 1"
            + " from generate_series(10001, 12000) i",
        "delete from note where id <= 50");

    String renamed = file(model("note", "\"{slug}\"", "rank >= 0", "[slug, { heading: title }]"));
    ModelPlan whole = database.plan(renamed).models().getFirst();
    ModelPlan sample =
        database.plan(renamed, new PlanOptions(null, 50, 3, false)).models().getFirst();

    // Of four pages two are built; which keys are there is known of all of them.
    assertThat(counts(whole)).isEqualTo("1200 + 2000, ~1150, -50, =0, dead 0");
    assertThat(counts(sample)).isEqualTo(counts(whole));
    assertThat(whole.estimated()).isFalse();
    assertThat(sample.estimated()).isTrue();
    assertThat(sample.bytesWritten()).isNotEqualTo(whole.bytesWritten());
    assertThat(sample.bytesWritten()).isCloseTo(whole.bytesWritten(), withinPercentage(5));
    assertThat(sample.bytesAfter()).isCloseTo(whole.bytesAfter(), withinPercentage(5));
    assertThat(sample.requests()).isCloseTo(whole.requests(), within(1L));
  }

  /** By key order the sample would miss them; and they are unlike the others. */
  @Test
  void plan_sample_looksIntoDocumentsThatKvLacks() throws Exception {
    database.apply(file(NOTES));
    database.execute(
        "insert into note select i, 'zz-' || i, 'c' || i, repeat('x', 1000), 1"
            + " from generate_series(10001, 12000) i");

    String renamed = file(model("note", "\"{slug}\"", "rank >= 0", "[slug, { heading: title }]"));
    ModelPlan whole = database.plan(renamed).models().getFirst();
    ModelPlan sample =
        database.plan(renamed, new PlanOptions(null, 1, 3, false)).models().getFirst();

    assertThat(counts(sample)).isEqualTo(counts(whole));
    assertThat(sample.estimated()).isTrue();
    assertThat(sample.bytesWritten()).isCloseTo(whole.bytesWritten(), withinPercentage(5));
  }

  @Test
  void plan_from_comparesWithThatFile() throws Exception {
    Path other =
        database.file(
            "other.yaml",
            file(model("note", "\"{slug}\"", "rank >= 0", "[slug, { name: title }]")));

    Plan plan = database.plan(file(NOTES), new PlanOptions(other, 100, 1, false));

    assertThat(plan.changes())
        .singleElement()
        .extracting(Plan.DocumentChange::before)
        .isEqualTo("{\"name\": \"Title 1\", \"slug\": \"note-1\"}");
  }

  @Test
  void plan_earlierDefinitionNoLongerFits_showsNewDocumentsAndSaysSo() throws Exception {
    database.apply(file(NOTES));
    database.execute("alter table note rename title to heading");

    Plan plan = database.plan(file(model("note", "\"{slug}\"", "rank >= 0", "[slug, heading]")));

    assertThat(plan.changes()).hasSize(3).allMatch(change -> change.before() == null);
    assertThat(plan.notes())
        .singleElement()
        .asString()
        .startsWith("The forebay.yaml that was applied last does not fit this database (forebay")
        .endsWith("only new documents are shown.");
  }

  @Test
  void plan_rowsChangedWhileNoWorkerRan_saysThatKvIsOlder() throws Exception {
    database.apply(file(NOTES));
    database.execute("update note set title = 'Newer' where id = 1");

    Plan plan =
        database.plan(file(model("note", "\"{slug}\"", "rank >= 0", "[slug, { heading: title }]")));

    assertThat(plan.changes())
        .filteredOn(change -> change.key().equals("note:note-1"))
        .singleElement()
        .extracting(Plan.DocumentChange::note)
        .isEqualTo("KV holds an older state than the earlier definition builds now");
  }

  @Test
  void plan_resyncDue_looksAtTheModel() throws Exception {
    database.apply(file(NOTES));
    database.execute("update %s.model set requested = requested + 1".formatted(database.schema()));

    Plan plan = database.plan(file(NOTES));

    assertThat(plan.models().getFirst().state()).isEqualTo(State.RESYNC);
    assertThat(counts(plan.models().getFirst())).isEqualTo("1200 + 0, ~0, -0, =1200, dead 0");
  }

  @Test
  void plan_roleThatMayOnlyRead_plansAndSaysWhatItCannotKnow() throws Exception {
    database.apply(file(NOTES));
    database.execute("create role plan_reader login", "grant select on note to plan_reader");

    Plan plan = database.plan(file(NOTES), PlanOptions.DEFAULT, "plan_reader");

    assertThat(counts(plan.models().getFirst())).isEqualTo("0 + 1200, ~0, -0, =0, dead 0");
    assertThat(plan.notes()).singleElement().asString().contains("GRANT USAGE ON SCHEMA");
  }

  @Test
  void plan_setUpIsWrong_hasTheLinesOfCheck() throws Exception {
    database.execute(
        "create role plan_stranger login",
        "grant select on note to plan_stranger",
        "alter table note enable row level security");

    assertThatThrownBy(() -> database.plan(file(NOTES), PlanOptions.DEFAULT, "plan_stranger"))
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageStartingWith(
            "table public.note: has row security, which would hide rows from role plan_stranger.");
    assertThatThrownBy(
            () -> database.plan(file(model("note", "\"{slug}\"", "rank >= 0", "[titel]"))))
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageContaining("Did you mean title?");
  }

  @Test
  void plan_changesNothingInTheDatabase() throws Exception {
    database.apply(file(NOTES));
    List<String> before = everything();

    database.plan(file(model("note", "\"{code}\"", "rank > 5", "[slug, { heading: title }]")));

    assertThat(everything()).isEqualTo(before);
  }

  /** Every row version of the ledger, and every version of a relation in the catalog. */
  private List<String> everything() throws Exception {
    List<String> all =
        new ArrayList<>(
            database.query(
                "select oid || ' ' || relname || ' ' || relfilenode || ' ' || xmin from pg_class"
                    + " order by oid"));
    for (String table :
        List.of(
            "document",
            "model",
            "declaration",
            "call",
            "intent",
            "dead_letter",
            "lease",
            "history")) {
      all.addAll(
          database.query(
              "select t::text || ' ' || t.xmin from %s.%s t order by 1"
                  .formatted(database.schema(), table)));
    }
    return all;
  }

  /** The promise: what is planned is what a worker then does, for one file after the other. */
  @Test
  void plan_isWhatTheWorkerThenDoes() throws Exception {
    List<String> files =
        List.of(
            file(NOTES),
            file(model("note", "\"{slug}\"", "rank > 3", "[slug, title]")),
            file(model("note", "\"{slug}\"", "rank < 6", "[slug, { heading: title }, rank]")),
            file(model("note", "\"{code}\"", "rank < 6", "[slug, { heading: title }, rank]")),
            file(
                model("note", "\"{code}\"", "rank < 6", "[slug, { share: \"60 / (rank - 1)\" }]"),
                model("ranked", "\"{rank}/{slug}\"", "rank > 8", "[title]")),
            file(NOTES));
    for (int i = 0; i < files.size(); i++) {
      Plan plan = database.plan(files.get(i));
      Applied applied = database.apply(files.get(i));

      assertThat(applied.written() + " written, " + applied.deleted() + " deleted")
          .as("file %d: %s", i, plan)
          .isEqualTo(plan.cost().writes() + " written, " + plan.cost().deletes() + " deleted");
      // How many keys a batch has is a matter of time, too.
      assertThat(applied.requests())
          .as("requests for file %d", i)
          .isCloseTo(plan.cost().requests(), within(3L));
      assertThat(database.plan(files.get(i)).cost().bytesBefore())
          .as("bytes in KV after file %d", i)
          .isEqualTo(plan.cost().bytesAfter());
    }
  }

  private static String counts(ModelPlan plan) {
    return "%d + %d, ~%d, -%d, =%d, dead %d"
        .formatted(
            plan.documentsBefore(),
            plan.added(),
            plan.changed(),
            plan.removed(),
            plan.unchanged(),
            plan.deadLetters());
  }
}

package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes documents, or what they can be made of, without a change event. */
@NullUnmarked
class CatalogIT extends WorkerFixture {

  private static final String SCHEMA =
      """
      create type mood as enum ('calm', 'wild');
      create table person (
        id integer primary key, slug text not null unique, name text not null, mood mood not null);
      create table visit (
        id integer, region text, person_id integer not null, primary key (id, region))
        partition by list (region);
      create table visit_north partition of visit for values in ('north');
      create table visit_south partition of visit for values in ('south');
      create table visit_east (like visit including all);
      create table note (id integer primary key, body text not null);
      alter table person replica identity full;
      alter table visit replica identity full;
      alter table visit_north replica identity full;
      alter table visit_south replica identity full;
      alter table visit_east replica identity full;
      insert into person values (1, 'ada', 'Ada', 'calm'), (2, 'bob', 'Bob', 'wild');
      insert into visit values (1, 'north', 1), (2, 'south', 1), (3, 'south', 2);
      insert into visit_east values (4, 'east', 2);
      insert into note values (1, 'one'), (2, 'two');
      """;

  private static final String MODELS =
      """
      models:
        person:
          from: person
          key: "{slug}"
          fields: [name, mood]
          include:
            visits: { from: visit, on: { person_id: id }, order: id, fields: [id, region] }
        note: { from: note, key: "{id}", fields: [body] }
      """;

  private static final String EXPECTED =
      """
      select 'person:' || p.slug, jsonb_build_object('name', p.name, 'mood', p.mood, 'visits',
        (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'region', v.region)
          order by v.id), '[]') from visit v where v.person_id = p.id))::text
      from person p
      union all
      select 'note:' || n.id, jsonb_build_object('body', n.body)::text from note n
      """;

  @Override
  Harness open() throws SQLException, IOException {
    return new Harness(postgres, directory, SCHEMA, MODELS, EXPECTED);
  }

  @BeforeEach
  void startWorker() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  private List<String> stops() {
    return harness.worker().problems().stream()
        .filter(problem -> problem.contains("has stopped"))
        .toList();
  }

  private void awaitStop(String model, String reason) {
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() ->
            assertThat(stops())
                .singleElement()
                .asString()
                .startsWith("the model " + model + " has stopped: forebay.yaml:")
                .contains(reason));
  }

  /** A change that has its event arrives too, when the one without has been noticed. */
  private void assertFlows() throws SQLException {
    await().atMost(Harness.LIMIT).untilAsserted(() -> assertThat(stops()).isEmpty());
    harness.execute("insert into note values (100, 'flows')");
    harness.execute("insert into visit values (100, 'north', 2)");
    harness.execute("update person set slug = 'ida' where id = 1");
    harness.awaitExact();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table visit attach partition visit_east for values in ('east')",
        "alter table visit detach partition visit_south",
        "truncate visit_south",
        "alter type mood rename value 'wild' to 'free'",
        "alter table note alter body type text using upper(body)",
        "alter table note alter body type integer using length(body)",
        """
        drop table note;
        create table note (id integer primary key, body text not null);
        insert into note values (2, 'new')\
        """,
      })
  void changeWithoutEvent_reachesEveryDocument(String change) throws SQLException {
    var before = harness.expected();
    long term = harness.worker().status().term();

    harness.execute(change);

    assertThat(harness.expected()).isNotEqualTo(before);
    harness.awaitExact();
    if (!change.contains("integer using")) {
      assertFlows();
    }
    assertThat(harness.worker().status().term()).as("the lease was kept").isEqualTo(term);
    assertThat(harness.leadership().end()).isNotDone();
  }

  @Test
  void modelThatNoLongerFits_stopsAloneAndComesBack() throws SQLException {
    var before = harness.stored();

    harness.execute("alter table person drop column name");
    awaitStop("person", "name");
    harness.awaitReading();
    harness.execute("delete from person where id = 2");
    harness.execute("delete from note where id = 1");
    harness.execute("insert into note values (3, 'three')");
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("note:3"));
    await().atMost(Harness.LIMIT).until(() -> !harness.stored().containsKey("note:1"));
    assertThat(harness.stored())
        .as("the documents of the model that stopped")
        .containsEntry("person:ada", before.get("person:ada"))
        .containsEntry("person:bob", before.get("person:bob"));

    // A call that an earlier worker left open, or another one may still make: no reason to delete.
    harness.execute(
        """
        insert into %1$s.intent select kv_key, model, key_values, 'write', hash, 1, now()
          from %1$s.document where model = 'person';
        insert into %1$s.suspect select kv_key, model, key_values, 1, now()
          from %1$s.document where model = 'person';
        """
            .formatted(harness.slotName()));
    SyncWorker former = harness.worker();
    harness.execute("alter table note alter body type text using upper(body)");
    await().atMost(Harness.LIMIT).until(() -> harness.worker() != former);
    await()
        .atMost(Harness.LIMIT)
        .until(() -> "{\"body\": \"THREE\"}".equals(harness.stored().get("note:3")));
    assertThat(harness.stored())
        .as("the documents of the model that stopped, after another worker began")
        .containsEntry("person:ada", before.get("person:ada"))
        .containsEntry("person:bob", before.get("person:bob"));

    harness.execute("alter table person add column name text not null default 'Again'");

    harness.awaitExact();
    assertFlows();
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() ->
            assertThat(harness.query("select count(*) from " + harness.slotName() + ".suspect"))
                .isEqualTo("0"));
  }

  @Test
  void onlyModel_canStopAndComeBack() throws SQLException {
    harness.execute("alter table person rename to people; alter table note rename to notes");
    await().atMost(Harness.LIMIT).untilAsserted(() -> assertThat(stops()).hasSize(2));
    assertThat(harness.stored()).hasSize(4);

    harness.execute("alter table people rename to person; alter table notes rename to note");

    harness.awaitExact();
    assertFlows();
  }

  @Test
  void replicaIdentityThatIsNarrowed_stopsItsModelUntilItIsMended() throws SQLException {
    harness.execute("alter table visit_north replica identity default");
    awaitStop("person", "visit");
    harness.execute("delete from visit where id = 1");
    assertThat(harness.stored().get("person:ada")).contains("north");

    harness.execute("alter table visit_north replica identity full");

    harness.awaitExact();
    assertFlows();
  }

  @Test
  void partitionThatIsCreatedWithoutItsIdentity_stopsItsModelUntilItIsMended() throws SQLException {
    harness.execute("create table visit_west partition of visit for values in ('west')");
    awaitStop("person", "visit_west");
    harness.execute("insert into visit values (5, 'west', 1)");

    harness.execute("alter table visit_west replica identity full");

    harness.awaitExact();
    assertFlows();
  }
}

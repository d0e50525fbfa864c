package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables that are altered under changes, and columns that the log does not carry as they are. What
 * makes a model stop is in {@link CatalogIT}.
 */
@NullUnmarked
class AlterTableIT {

  /** The slug of a long row leaves the row's page, as its body does. */
  private static final String SCHEMA =
      """
      create table page (
        id integer primary key, slug text not null unique, body text not null,
        shown text generated always as (upper(body)) stored, hits integer not null default 0);
      create unique index page_identity on page (id, slug);
      alter table page replica identity using index page_identity;
      alter table page alter slug set storage external, alter body set storage external;
      alter table page set (toast_tuple_target = 128);
      create table line (
        id integer primary key, label text not null, page_slug text not null,
        loud text generated always as (upper(label)) stored);
      alter table line replica identity full;
      insert into page (id, slug, body)
        values (1, 'page-one', 'Body'), (2, 'page-two', 'Body'), (3, 'page-' || repeat('3', 300), repeat('Long ', 2000));
      insert into line values (1, 'First', 'page-one'), (2, 'Second', 'page-one'), (3, 'Third', 'page-two');
      """;

  private static final String MODELS =
      """
      models:
        page:
          from: page
          key: "{slug}"
          fields: [id, shown, hits]
          include:
            lines: { from: line, on: { page_slug: slug }, order: id, fields: [loud] }
      """;

  private static final String EXPECTED =
      """
      select 'page:' || p.slug, jsonb_build_object('id', p.id, 'shown', upper(p.body),
        'hits', p.hits, 'lines', (select coalesce(jsonb_agg(jsonb_build_object('loud', upper(l.label))
          order by l.id), '[]') from line l where l.page_slug = p.slug))::text
      from page p
      """;

  @TempDir static Path directory;
  static EmbeddedPostgres postgres;
  Harness harness;

  @BeforeAll
  static void startServer() throws IOException {
    postgres = Harness.server();
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  /** The user's own publication: without generated columns the lines could not be updated. */
  @BeforeEach
  void startWorker() throws SQLException, IOException {
    harness = new Harness(postgres, directory, SCHEMA, MODELS, EXPECTED);
    harness.execute(
        "create publication "
            + harness.slotName()
            + " for table page, line with (publish_generated_columns = stored)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void closeHarness() {
    harness.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table page add column note text default 'x'",
        "alter table page add column stamp timestamptz not null default clock_timestamp()",
        "alter table line rename column id to number; alter table line rename column number to id",
        "alter table page alter hits type smallint",
        "alter table line alter id type bigint using id + 10",
        "alter table line add column gone integer; alter table line drop column gone",
        "alter table page alter hits set default 5",
        "drop index page_identity; alter table page replica identity full",
      })
  void altered_betweenChangesOfOneTransaction_isFollowed(String change) throws SQLException {
    harness.execute(
        """
        begin;
        update page set body = 'Before' where id = 1;
        delete from line where id = 2;
        %s;
        update page set body = 'After', slug = 'page-zwei' where id = 2;
        insert into line (id, label, page_slug) values (4, 'Fourth', 'page-zwei');
        commit\
        """
            .formatted(change));
    harness.awaitExact();

    harness.execute("update line set page_slug = 'page-one', label = 'Moved' where id = 4");
    harness.execute("insert into page (id, slug, body) values (5, 'page-five', 'Five')");
    harness.execute("delete from page where id = 1");
    harness.awaitExact();
  }

  /** That an UPDATE works at all is PostgreSQL's check that the log carries the column. */
  @Test
  void generatedColumnOfAFullIdentity_isFollowedInAPublicationThatCarriesIt() throws SQLException {
    harness.execute("update line set label = 'New' where id = 1");
    harness.awaitExact();
    assertThat(harness.stored().get("page:page-one")).contains("\"NEW\"");

    harness.execute("update line set page_slug = 'page-two' where id = 1");
    harness.awaitExact();
    assertThat(harness.stored().get("page:page-one")).doesNotContain("NEW");

    harness.execute("delete from line where id = 1");
    harness.awaitExact();
    assertThat(harness.query("select string_agg(pubgencols::text, '') from pg_publication"))
        .as("the publication is still the user's")
        .isEqualTo("s");
  }

  /** The log says nothing of a value that is stored out of line and did not change. */
  @Test
  void unchangedToast_inKeyAndBody_isReadFromTheTable() throws SQLException {
    harness.execute("update page set hits = 1 where id = 3");
    harness.awaitExact();

    harness.execute("update page set slug = slug || 'x' where id = 3");
    harness.awaitExact();

    harness.execute("delete from page where id = 3");
    harness.awaitExact();
    assertThat(harness.stored()).hasSize(2);
  }
}

package dev.forebay.ops.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.LedgerSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a plan takes for 100,000 articles with author and comments, about 1 kB each. */
@Tag("long")
class PlanSpeedIT {

  private static final int ROWS = 100_000;
  private static final String FILE =
      """
      models:
        article:
          from: article
          key: "{slug}"
          fields: [id, slug, title, body]
          include:
            author: { from: author, fields: [name] }
            comments: { from: comment, order: -id, limit: 5, fields: [body] }
      """;

  @TempDir static Path directory;

  @Test
  void plan_ofAHundredThousandDocuments() throws Exception {
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        PlannedDatabase database = new PlannedDatabase(postgres, "speed", directory)) {
      load(database);
      LedgerSchema.migrate(postgres.getDatabase("postgres", "speed"), database.instance());
      measure(database, "all added", PlanOptions.DEFAULT);
      database.execute(
          """
          insert into %s.document (kv_key, model, key_values, hash, bytes, snapshot)
          select 'article:' || slug, 'article', array[slug], 'other', 1000, '1:1:' from article\
          """
              .formatted(database.schema()),
          "analyze");
      measure(database, "all changed", PlanOptions.DEFAULT);
      measure(database, "all changed, a sample of 5 %", new PlanOptions(null, 5, 3, false));
    }
  }

  private static void load(PlannedDatabase database) throws Exception {
    database.execute(
        "create table author (id int primary key, name text not null)",
        """
        create table article (id int primary key, slug text not null unique, title text,
          body text, author_id int not null references author)\
        """,
        """
        create table comment (id int primary key, body text,
          article_id int not null references article)\
        """,
        "alter table article replica identity full",
        "alter table comment replica identity full",
        "insert into author select i, 'Author ' || i from generate_series(1, 1000) i",
        """
        insert into article
        select i, 'slug-' || i, 'Title ' || i, repeat('Some words of a body. ', 30), 1 + mod(i, 1000)
        from generate_series(1, %d) i\
        """
            .formatted(ROWS),
        """
        insert into comment
        select i, 'A comment of some words', 1 + mod(i, %1$d) from generate_series(1, 3 * %1$d) i\
        """
            .formatted(ROWS),
        "create index on article (author_id)",
        "create index on comment (article_id)",
        "analyze");
  }

  private static void measure(PlannedDatabase database, String what, PlanOptions options)
      throws Exception {
    long began = System.nanoTime();
    ModelPlan plan = database.plan(FILE, options).models().getFirst();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);

    System.out.printf(
        Locale.ROOT,
        "plan, %s: %.1f s, %,d documents a second, %,d bytes%n",
        what,
        elapsed.toMillis() / 1e3,
        ROWS * 1_000L / elapsed.toMillis(),
        plan.bytesWritten());
    assertThat(plan.writes()).isEqualTo(ROWS);
    assertThat(elapsed).isLessThan(Duration.ofMinutes(5));
  }
}

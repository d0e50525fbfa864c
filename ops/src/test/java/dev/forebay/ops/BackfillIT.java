package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.Applied;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.ops.SyncSite.Launched;
import dev.forebay.worker.history.ControlKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first day: very many nested documents into a KV that takes 100 ms for each answer, by one
 * worker in a heap of 512 MB, while a few documents a second change. Measured against PostgreSQL
 * building the same JSON for nobody, in the same run. The bound for live changes leaves out the
 * first seconds of the worker, and the time for which KV itself takes no write of a key; both are
 * printed.
 */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class BackfillIT {

  private static final int DOCUMENTS = Integer.getInteger("backfill.documents", 1_000_000);
  private static final int COMMENTS = Integer.getInteger("backfill.comments", 4);
  private static final int AUTHORS = 10_000;
  private static final Duration LIMIT = Duration.ofMinutes(25);
  private static final Duration KV_LATENCY = Duration.ofMillis(100);
  private static final Duration SPACING = Duration.ofMillis(250);

  /** In which the JVM compiles what it runs, on the processors that are measured. */
  private static final Duration WARMING_UP = Duration.ofSeconds(10);

  /**
   * KV takes one write of a key per second (developers.cloudflare.com/kv/platform/limits, looked at
   * 2026-11).
   */
  private static final Duration KV_FLOOR = Duration.ofSeconds(1);

  /** What the model says, as a person would write it. */
  private static final String DOCUMENT =
      """
      jsonb_build_object('id', a.id, 'slug', a.slug, 'title', a.title, 'body', a.body,
        'author', (select jsonb_build_object('name', w.name) from author w where w.id = a.author_id),
        'comments', (select coalesce(jsonb_agg(jsonb_build_object('body', c.body, 'author',
            (select jsonb_build_object('name', w.name) from author w where w.id = c.author_id))
            order by c.id desc), '[]')
          from (select * from comment c where c.article_id = a.id order by c.id desc limit 20) c))\
      """;

  @TempDir private Path directory;
  private SyncSite site;

  /** Held: a connection for each look would take from the processors that are measured. */
  private Connection database;

  @BeforeEach
  void open() throws Exception {
    site = new SyncSite(directory);
    site.kv().faults().decide(operation -> Optional.of(Fault.latency(KV_LATENCY)));
    database = site.connect();
  }

  @AfterEach
  void end() throws Exception {
    site.endProcesses();
    database.close();
    site.close();
  }

  @Test
  void manyNestedDocuments_keepUpWithPostgresAndStayOutOfTheWay() throws Exception {
    prepare();
    double alone = copy();

    long began = System.nanoTime();
    GcLog memory = new GcLog(directory.resolve("gc.log"));
    Launched worker = site.launch(memory.options(), "sync");
    LiveChanges live = new LiveChanges();
    await()
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(SPACING)
        .until(() -> {
          // Until the first document is there, nothing is live.
          if (site.namespace().find("article:article-1").isPresent()) {
            live.change();
          }
          return !worker.process().isAlive() || isComplete();
        });
    double backfill = rate(began);

    assertThat(worker.process().isAlive()).as("%s", worker.says()).isTrue();
    print("PostgreSQL alone", alone);
    print("into KV", backfill);
    print(memory.summary(worker.process()));
    List<Taken> taken = live.taken();
    Instant warm = taken.getFirst().committed().plus(WARMING_UP);
    List<Taken> later = taken.stream().filter(one -> one.committed().isAfter(warm)).toList();
    print("live changes: " + summary(taken, Taken::total));
    print("from the tenth second on: " + summary(later, Taken::total));
    print("and as soon as KV allows another write of the key: " + summary(later, Taken::allowed));
    assertThat(differing()).isZero();

    long written = written();
    long again = System.nanoTime();
    assertThat(site.launch("resync", "article", "--wait").exitCode(LIMIT)).isZero();
    print("a resync of what is unchanged", rate(again));
    assertThat(written()).isEqualTo(written);

    assertThat(percentile(later, Taken::allowed, 99)).isLessThan(Duration.ofMillis(500));
    assertThat(backfill / alone).isGreaterThan(0.5);
  }

  private void prepare() throws Exception {
    site.execute(
        "create table author (id int primary key, name text not null)",
        "create table article (id int primary key, slug text not null unique, title text not null,"
            + " body text not null, author_id int not null)",
        "create table comment (id int primary key, article_id int not null,"
            + " author_id int not null, body text not null)",
        "insert into author select i, 'Author ' || i from generate_series(1, " + AUTHORS + ") i",
        "insert into article select i, 'article-' || i, 'Title of ' || i,"
            + " repeat(md5(i::text) || ' ', 8), 1 + i % "
            + AUTHORS
            + " from generate_series(1, "
            + DOCUMENTS
            + ") i",
        "insert into comment select i, 1 + i % "
            + DOCUMENTS
            + ", 1 + i % "
            + AUTHORS
            + ", repeat(md5(i::text) || ' ', 3) from generate_series(1, "
            + COMMENTS * DOCUMENTS
            + ") i",
        "alter table article add foreign key (author_id) references author",
        "alter table comment add foreign key (article_id) references article",
        "alter table comment add foreign key (author_id) references author",
        "create index on article (author_id)",
        "create index on comment (article_id, id desc)",
        "create index on comment (author_id)",
        "create unique index article_identity on article (id, slug, author_id)",
        "alter table article replica identity using index article_identity",
        "create unique index comment_identity on comment (id, article_id, author_id)",
        "alter table comment replica identity using index comment_identity",
        "alter table author owner to keeper",
        "alter table article owner to keeper",
        "alter table comment owner to keeper",
        "vacuum analyze",
        "checkpoint");
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          article:
            from: article
            key: "{slug}"
            fields: [id, slug, title, body]
            include:
              author: { from: author, fields: [name] }
              comments:
                from: comment
                order: -id
                limit: 20
                fields: [body]
                include: { author: { from: author, fields: [name] } }
        """);
  }

  /** Documents a second that PostgreSQL builds when nobody takes them. */
  private double copy() throws SQLException {
    try (Connection connection = site.connect();
        Statement statement = connection.createStatement()) {
      // As a worker's batches do; a plan with two processes would not be one of theirs.
      statement.execute("set max_parallel_workers_per_gather = 0");
      long began = System.nanoTime();
      statement.execute("copy (select " + DOCUMENT + " from article a) to '/dev/null'");
      return rate(began);
    }
  }

  private static double rate(long began) {
    return DOCUMENTS / ((System.nanoTime() - began) / 1e9);
  }

  private boolean isComplete() throws SQLException {
    return query("select to_regclass('forebay.model') is not null")
        && query("select exists (select from forebay.model where completed >= requested)");
  }

  private boolean query(String sql) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private long written() {
    return site.namespace().log().stream().filter(one -> !ControlKey.isNamed(one.key())).count();
  }

  /** How many documents of KV are not what PostgreSQL says, or miss, or are too many. */
  private long differing() throws SQLException {
    Map<String, StoredValue> stored = new HashMap<>(site.namespace().all());
    stored.keySet().removeIf(ControlKey::isNamed);
    long differing = 0;
    try (Connection connection = site.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(1_000);
      try (ResultSet rows =
          statement.executeQuery("select slug, (" + DOCUMENT + ")::text from article a")) {
        while (rows.next()) {
          StoredValue value = stored.remove("article:" + rows.getString(1));
          differing += value != null && value.text().equals(rows.getString(2)) ? 0 : 1;
        }
      }
    }
    return differing + stored.size();
  }

  private static void print(String what, double perSecond) {
    print(String.format(Locale.ROOT, "%s: %,.0f documents a second", what, perSecond));
  }

  private static void print(String what) {
    System.out.println("backfill, " + what);
  }

  /** Documents that people change meanwhile, and how long after its commit KV has each. */
  private final class LiveChanges {

    private record Edit(String key, String title, Instant committed) {}

    private final Random random = new Random(20261126);
    private final List<Edit> edits = new ArrayList<>();

    void change() throws SQLException {
      int id = 1 + random.nextInt(DOCUMENTS);
      String title = "Edited " + edits.size();
      try (PreparedStatement statement =
          database.prepareStatement("update article set title = ? where id = ?")) {
        statement.setString(1, title);
        statement.setInt(2, id);
        statement.executeUpdate();
      }
      edits.add(new Edit("article:article-" + id, title, Instant.now()));
    }

    /** Those that KV has, in the order of commits. */
    List<Taken> taken() {
      Map<String, Edit> byTitle = new HashMap<>();
      edits.forEach(edit -> byTitle.put(edit.title(), edit));
      Map<String, Instant> writtenAt = new HashMap<>();
      List<Taken> taken = new ArrayList<>();
      for (Applied one : site.namespace().log()) {
        Instant before = writtenAt.put(one.key(), one.at());
        String text = one.value() == null ? "" : one.value().text();
        int at = text.indexOf("\"Edited ");
        Edit edit =
            at < 0 ? null : byTitle.remove(text.substring(at + 1, text.indexOf('"', at + 1)));
        if (edit != null) {
          Instant allowed = before == null ? edit.committed() : before.plus(KV_FLOOR);
          Instant from = allowed.isAfter(edit.committed()) ? allowed : edit.committed();
          taken.add(
              new Taken(
                  edit.committed(),
                  Duration.between(edit.committed(), one.at()),
                  Duration.between(from, one.at())));
        }
      }
      return taken.stream().sorted(Comparator.comparing(Taken::committed)).toList();
    }
  }

  /**
   * How long a change took.
   *
   * @param total from its commit until KV had it
   * @param allowed the same, from when KV allows another write of the key: a backfill may have
   *     written it just before
   */
  private record Taken(Instant committed, Duration total, Duration allowed) {}

  private static String summary(List<Taken> changes, Function<Taken, Duration> time) {
    return String.format(
        Locale.ROOT,
        "%,d, p50 %d ms, p99 %d ms, at most %d ms",
        changes.size(),
        percentile(changes, time, 50).toMillis(),
        percentile(changes, time, 99).toMillis(),
        percentile(changes, time, 100).toMillis());
  }

  private static Duration percentile(
      List<Taken> changes, Function<Taken, Duration> time, int percent) {
    List<Duration> sorted = changes.stream().map(time).sorted().toList();
    return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
  }
}

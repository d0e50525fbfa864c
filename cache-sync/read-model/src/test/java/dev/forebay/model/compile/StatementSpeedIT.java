package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Affected;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What compiled statements cost beside SQL that a person would write for the same documents, turn
 * by turn on one connection. Both include reading the result: a build as the worker reads it, in
 * two portions between a savepoint and its release, the SQL by hand in one.
 */
@Tag("long")
class StatementSpeedIT {

  private static final int BATCH = 1_000;
  private static final int WARM_UP = 10;
  private static final int ROUNDS = 60;
  private static final double MOST = 1.3;

  /** So large that no document is left out, and yet a bound: only then is it read in portions. */
  private static final long CHARACTERS = 8 * 1024 * 1024;

  private static final String BUILD =
      """
      select a.slug, jsonb_build_object('id', a.id::text, 'slug', a.slug,
        'author', (select jsonb_build_object('name', w.name) from public.author w where w.id = a.author_id),
        'comments', coalesce((select jsonb_agg(jsonb_build_object('body', c.body) order by c.id desc)
          from (select * from public.comment c where c.article_id = a.id order by c.id desc limit 5) c), '[]'))::text
      from public.article a where a.slug = any(?::text[])\
      """;

  private static final String AFFECTED =
      """
      select distinct i.n, a.slug from unnest(?::integer[], ?::bigint[]) i(n, id)
      join public.article a on a.id = i.id\
      """;

  private static TestDatabase database;
  private static ReadModels models;

  @BeforeAll
  static void start() throws Exception {
    database = MillionRows.start();
    models = MillionRows.compile(database);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private interface Work {
    Object run() throws SQLException;
  }

  @Test
  void build_costsLittleMoreThanSqlByHand() throws SQLException {
    Random random = new Random(1);
    ReadModel article = models.models().getFirst();
    List<String> slugs =
        random.ints(BATCH, 1, MillionRows.ARTICLES).distinct().mapToObj(i -> "slug-" + i).toList();
    List<DocumentKey> keys = slugs.stream().map(slug -> article.key(List.of(slug))).toList();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      Connection connection = session.connection();
      SortedMap<String, String> built = new TreeMap<>();
      for (Document document : build(connection, article, keys)) {
        built.put(document.key().values().getFirst(), String.valueOf(document.json()));
      }
      assertThat(built).isEqualTo(buildByHand(connection, slugs));

      compare(
          "build of " + keys.size() + " documents",
          () -> build(connection, article, keys),
          () -> buildByHand(connection, slugs));
    }
  }

  @Test
  void affected_costsLittleMoreThanSqlByHand() throws SQLException {
    Random random = new Random(2);
    List<RowChange> changes = new ArrayList<>();
    List<Long> articles = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      String before = Integer.toString(1 + random.nextInt(MillionRows.ARTICLES));
      String after = Integer.toString(1 + random.nextInt(MillionRows.ARTICLES));
      String id = Integer.toString(i);
      changes.add(
          new RowChange(
              new TableName("public", "comment"),
              Map.of("id", id, "article_id", before),
              Map.of("id", id, "article_id", after)));
      articles.add(Long.valueOf(before));
      articles.add(Long.valueOf(after));
    }
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      Connection connection = session.connection();
      ReadModel article = models.models().getFirst();
      assertThat(models.affected(connection, changes))
          .containsExactlyInAnyOrderElementsOf(affectedByHand(connection, article, articles));

      compare(
          "documents of " + changes.size() + " moved rows",
          () -> models.affected(connection, changes),
          () -> affectedByHand(connection, article, articles));
    }
  }

  private static List<Document> build(
      Connection connection, ReadModel model, List<DocumentKey> keys) throws SQLException {
    Savepoint before = connection.setSavepoint();
    List<Document> documents = model.build(connection, keys, CHARACTERS);
    connection.releaseSavepoint(before);
    return documents;
  }

  private static void compare(String what, Work ours, Work byHand) throws SQLException {
    List<Long> our = new ArrayList<>();
    List<Long> hand = new ArrayList<>();
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      long one = nanos(ours);
      long other = nanos(byHand);
      if (i >= WARM_UP) {
        our.add(one);
        hand.add(other);
      }
    }
    double ratio = (double) median(our) / median(hand);
    System.out.printf(
        Locale.ROOT,
        "StatementSpeedIT: %s: %.1f ms, by hand %.1f ms, %.2f times%n",
        what,
        median(our) / 1e6,
        median(hand) / 1e6,
        ratio);
    assertThat(ratio).as(what).isLessThan(MOST);
  }

  private static long nanos(Work work) throws SQLException {
    long began = System.nanoTime();
    work.run();
    return System.nanoTime() - began;
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static SortedMap<String, String> buildByHand(Connection connection, List<String> slugs)
      throws SQLException {
    SortedMap<String, String> documents = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(BUILD)) {
      statement.setArray(1, connection.createArrayOf("text", slugs.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          documents.put(row.getString(1), row.getString(2));
        }
      }
    }
    return documents;
  }

  private static List<Affected> affectedByHand(
      Connection connection, ReadModel article, List<Long> articles) throws SQLException {
    List<Affected> affected = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(AFFECTED)) {
      Object[] changes = IntStream.range(0, articles.size()).mapToObj(i -> i / 2).toArray();
      statement.setArray(1, connection.createArrayOf("int4", changes));
      statement.setArray(2, connection.createArrayOf("int8", articles.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          affected.add(new Affected(row.getInt(1), article.key(List.of(row.getString(2)))));
        }
      }
    }
    return affected;
  }
}

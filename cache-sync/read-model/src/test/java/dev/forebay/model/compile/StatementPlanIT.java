package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On tables of a million rows no statement for a batch of keys may read a whole table. */
class StatementPlanIT {

  private static TestDatabase database;
  private static ReadModels models;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create table author (id int not null, name text not null);
        create table article (id bigint not null, slug varchar(40) not null, author_id int not null);
        create table comment (id int not null, article_id bigint not null, body text);
        insert into author select i, 'name ' || i from generate_series(1, 50000) i;
        insert into article select i, 'slug-' || i, 1 + i % 50000 from generate_series(1, 1000000) i;
        insert into comment select i, 1 + i % 1000000, 'body' from generate_series(1, 1000000) i;
        alter table author add primary key (id);
        alter table article add primary key (id), add unique (slug),
          add foreign key (author_id) references author;
        create index on article (author_id);
        create unique index article_identity on article (id, slug, author_id);
        alter table article replica identity using index article_identity;
        alter table comment add primary key (id), add foreign key (article_id) references article;
        create index on comment (article_id);
        create unique index comment_identity on comment (id, article_id);
        alter table comment replica identity using index comment_identity;
        """);
    database.execute("vacuum analyze");
    models =
        database.compile(
            """
            models:
              article:
                from: article
                key: "{slug}"
                fields: [id, slug]
                include:
                  author: { from: author, fields: [name] }
                  comments: { from: comment, order: -id, limit: 5, fields: [body] }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void build_readsByIndex() throws SQLException {
    ReadModel article = models.models().getFirst();
    List<DocumentKey> keys =
        IntStream.rangeClosed(1, 200)
            .mapToObj(i -> article.key(List.of("slug-" + i * 4000)))
            .toList();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<String> read = tablesReadWhole(session, () -> article.build(session.connection(), keys));
      assertThat(read).isEmpty();
    }
  }

  @Test
  void affected_readsByIndex() throws SQLException {
    List<RowChange> changes = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      String id = Integer.toString(i * 500);
      if (i <= 5) {
        // Twenty articles each: far more of them and one pass over the table is the better plan.
        changes.add(new RowChange(name("author"), null, Map.of("id", id, "name", "x")));
      }
      changes.add(
          new RowChange(
              name("comment"),
              Map.of("id", id, "article_id", id),
              Map.of("id", id, "article_id", "1")));
    }
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<String> read =
          tablesReadWhole(session, () -> models.affected(session.connection(), changes));
      assertThat(read).isEmpty();
    }
  }

  @Test
  void keys_readsByIndex() throws SQLException {
    ReadModel article = models.models().getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      DocumentKey after = article.key(List.of("slug-5"));
      List<String> read =
          tablesReadWhole(session, () -> article.keys(session.connection(), after, 100));
      assertThat(read).isEmpty();
    }
  }

  private static TableName name(String table) {
    return new TableName("public", table);
  }

  private interface Work {
    Object run() throws SQLException;
  }

  /** Runs the work ten times, past the switch to a generic plan, and asks what was scanned. */
  private static List<String> tablesReadWhole(SnapshotSession session, Work work)
      throws SQLException {
    for (int i = 0; i < 10; i++) {
      assertThat((List<?>) work.run()).hasSizeGreaterThanOrEqualTo(100);
    }
    List<String> tables = new ArrayList<>();
    try (Statement statement = session.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "select relname from pg_stat_xact_user_tables where seq_scan > 0 order by 1")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }
}

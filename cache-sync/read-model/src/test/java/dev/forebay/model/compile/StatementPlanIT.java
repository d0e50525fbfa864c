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
    database = MillionRows.start();
    models = MillionRows.compile(database);
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

  @Test
  void statements_arePreparedOnce() throws SQLException {
    ReadModel article = models.models().getFirst();
    List<DocumentKey> keys =
        List.of(article.key(List.of("slug-1")), article.key(List.of("slug-2")));
    List<RowChange> changes =
        List.of(new RowChange(name("author"), null, Map.of("id", "7", "name", "x")));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource());
        Statement statement = session.connection().createStatement()) {
      for (int i = 0; i < 20; i++) {
        article.build(session.connection(), keys);
        models.affected(session.connection(), changes);
      }
      try (ResultSet row =
          statement.executeQuery(
              "select generic_plans + custom_plans from pg_prepared_statements"
                  + " where statement like '%$1%'")) {
        List<Integer> executions = new ArrayList<>();
        while (row.next()) {
          executions.add(row.getInt(1));
        }
        // The driver asks PostgreSQL to keep a statement from its fifth use on.
        assertThat(executions).hasSize(2).allMatch(count -> count >= 15);
      }
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

package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Affected;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Keeps documents true through random changes by rebuilding only what routing names, and compares
 * all of them with SQL written by hand.
 *
 * <p>{@code -Dforebay.oracle.seed=…} repeats a run, {@code -Dforebay.oracle.batches=…} lengthens
 * it.
 */
class RoutingOracleIT {

  private static final long SEED = Long.getLong("forebay.oracle.seed", System.nanoTime());
  private static final int BATCHES = Integer.getInteger("forebay.oracle.batches", 400);

  private static TestDatabase database;
  private static ReadModels models;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.executeResource("/publication/schema.sql");
    models = database.compileResource("/publication/forebay.yaml");
    database.executeResource("/publication/changelog.sql");
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void affected_randomChanges_noDocumentStaysWrong() throws Exception {
    System.out.println("RoutingOracleIT: -Dforebay.oracle.seed=" + SEED);
    Random random = new Random(SEED);
    RandomChanges changes = new RandomChanges(random);
    ChangeLog log = new ChangeLog(random);
    SortedMap<String, String> documents = new TreeMap<>();
    for (String singleton : List.of("front_page", "totals")) {
      rebuild(models.find(singleton).orElseThrow().key(List.of()), documents);
    }
    int routed = 0;
    int rebuilt = 0;
    try (Connection connection = database.dataSource().getConnection();
        Connection reading = database.dataSource().getConnection()) {
      DataSource sessions = TestDatabase.lending(reading);
      for (int batch = 0; batch < BATCHES; batch++) {
        for (int transactions = 1 + random.nextInt(2); transactions > 0; transactions--) {
          changes.run(connection);
        }
        List<RowChange> rows = log.drain(connection);
        connection.commit();

        try (SnapshotSession session = SnapshotSession.open(sessions)) {
          Set<DocumentKey> dirty = new LinkedHashSet<>();
          for (Affected affected : models.affected(session.connection(), rows)) {
            dirty.add(affected.key());
          }
          Set<ReadModel> whole = new LinkedHashSet<>();
          rows.forEach(row -> whole.addAll(models.dependingWholly(row.table())));
          for (ReadModel model : whole) {
            documents.keySet().removeIf(key -> key.startsWith(model.name() + ":"));
            dirty.addAll(model.keys(session.connection(), null, Integer.MAX_VALUE));
          }
          rebuild(session.connection(), dirty, documents);
          routed += rows.size();
          rebuilt += dirty.size();

          String where = "seed " + SEED + ", batch " + batch + ": " + rows;
          assertThat(documents).as(where).isEqualTo(byHand(session.connection()));
        }
      }
    }
    assertThat(everything()).isEqualTo(documents);
    System.out.printf("RoutingOracleIT: %d rows, %d documents rebuilt%n", routed, rebuilt);
  }

  private static void rebuild(DocumentKey key, Map<String, String> documents) throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      rebuild(session.connection(), Set.of(key), documents);
    }
  }

  private static void rebuild(
      Connection connection, Set<DocumentKey> keys, Map<String, String> documents)
      throws SQLException {
    Map<String, List<DocumentKey>> byModel = new HashMap<>();
    keys.forEach(key -> byModel.computeIfAbsent(key.model(), m -> new ArrayList<>()).add(key));
    for (Map.Entry<String, List<DocumentKey>> entry : byModel.entrySet()) {
      ReadModel model = models.find(entry.getKey()).orElseThrow();
      for (Document document : model.build(connection, entry.getValue())) {
        if (document.json() == null) {
          documents.remove(document.key().kvKey());
        } else {
          documents.put(document.key().kvKey(), document.json());
        }
      }
    }
  }

  private static SortedMap<String, String> byHand(Connection connection) throws Exception {
    SortedMap<String, String> documents = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(TestDatabase.resource("/publication/naive.sql"))) {
      while (row.next()) {
        List<String> values = List.of((String[]) row.getArray(2).getArray());
        ReadModel model = models.find(row.getString(1)).orElseThrow();
        documents.put(model.key(values).kvKey(), row.getString(3));
      }
    }
    return documents;
  }

  /** All documents as a backfill finds them, in pages of three keys. */
  private static SortedMap<String, String> everything() throws SQLException {
    SortedMap<String, String> documents = new TreeMap<>();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      for (ReadModel model : models.models()) {
        @Nullable DocumentKey after = null;
        List<DocumentKey> page;
        do {
          page = model.keys(session.connection(), after, 3);
          rebuild(session.connection(), Set.copyOf(page), documents);
          after = page.isEmpty() ? null : page.getLast();
        } while (after != null);
      }
    }
    return documents;
  }
}

package dev.forebay.model.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Affected;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.model.compile.RandomSpec.Case;
import dev.forebay.model.compile.RandomSpec.Tab;
import dev.forebay.model.compile.RandomSpec.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plays one case on a database: what is stored must always be what the naive evaluator makes. */
final class OracleRun {

  private static final JsonMapper MAPPER = new JsonMapper();

  /** What the product keeps true, and how much work it was. */
  record Outcome(@Nullable String failure, int rows, int rebuilt) {}

  private final Connection writing;
  private final Connection reading;
  private final Case one;
  private final Mutant mutant;
  private final Random random;
  private final Map<String, JsonNode> stored = new TreeMap<>();
  private int rows;
  private int rebuilt;

  private OracleRun(Connection writing, Connection reading, Case one, Mutant mutant, long seed) {
    this.writing = writing;
    this.reading = reading;
    this.one = one;
    this.mutant = mutant;
    this.random = new Random(seed);
  }

  /**
   * Plays a case in its schema, which is dropped afterwards.
   *
   * @param seed decides what the log leaves out
   */
  static Outcome play(Connection writing, Connection reading, Case one, Mutant mutant, long seed)
      throws Exception {
    String schema = one.tables().getFirst().name().schema();
    try (Statement statement = writing.createStatement()) {
      writing.setAutoCommit(true);
      statement.execute("create schema " + schema);
      try {
        for (Tab table : one.tables()) {
          statement.execute(table.create());
        }
        OracleRun run = new OracleRun(writing, reading, one, mutant, seed);
        String failure = run.play();
        return new Outcome(failure, run.rows, run.rebuilt);
      } finally {
        writing.rollback();
        writing.setAutoCommit(true);
        statement.execute("drop schema " + schema + " cascade; truncate change_log");
      }
    }
  }

  private @Nullable String play() throws Exception {
    ReadModels models = compile(one);
    ReadModels routing = mutant == Mutant.FORGET_ONE_PATH ? compile(Mutants.lacking(one)) : models;
    if (mutant == Mutant.LEAVE_OUT_TIE_BREAK) {
      models = Mutants.withoutTieBreak(models);
    }
    rebuildAll(models);
    writing.setAutoCommit(false);
    for (int batch = 0; batch < one.batches().size(); batch++) {
      String difference =
          mutant == Mutant.ROUTE_TOO_EARLY
              ? routeTooEarly(models, one.batches().get(batch))
              : routeAndBuild(models, routing, one.batches().get(batch));
      if (difference != null) {
        return "after batch " + batch + ": " + difference;
      }
    }
    return null;
  }

  private @Nullable String routeAndBuild(
      ReadModels models, ReadModels routing, List<Transaction> batch) throws Exception {
    Set<DocumentKey> dirty = new LinkedHashSet<>();
    List<RowChange> changes = apply(batch, models, dirty);
    try (SnapshotSession session = SnapshotSession.open(TestDatabase.lending(reading))) {
      route(routing, session.connection(), changes, dirty);
      rebuild(models, session.connection(), dirty);
      return difference(models, session.connection());
    }
  }

  /**
   * The log came before the commits were visible: all is routed as it was before, and each document
   * is built as soon as its own transaction is visible.
   */
  private @Nullable String routeTooEarly(ReadModels models, List<Transaction> batch)
      throws Exception {
    try (Connection old = RandomModelsIT.connect();
        SnapshotSession before = SnapshotSession.open(TestDatabase.lending(old))) {
      for (Transaction transaction : batch) {
        if (transaction.statements().stream().anyMatch(sql -> sql.startsWith("truncate"))) {
          continue; // it would wait for the older snapshot
        }
        Set<DocumentKey> dirty = new LinkedHashSet<>();
        List<RowChange> changes = apply(List.of(transaction), models, dirty);
        route(models, before.connection(), changes, dirty);
        try (SnapshotSession session = SnapshotSession.open(TestDatabase.lending(reading))) {
          rebuild(models, session.connection(), dirty);
        }
      }
      try (SnapshotSession session = SnapshotSession.open(TestDatabase.lending(reading))) {
        return difference(models, session.connection());
      }
    }
  }

  private static ReadModels compile(Case one) throws Exception {
    Path file = Files.createTempFile("oracle", ".yaml");
    try (Connection connection = RandomModelsIT.connect()) {
      Files.writeString(file, one.yaml());
      return ModelCompiler.compile(file, connection);
    } finally {
      Files.delete(file);
    }
  }

  private List<RowChange> apply(
      List<Transaction> transactions, ReadModels models, Set<DocumentKey> dirty)
      throws SQLException, IOException {
    List<RowChange> changes = new ArrayList<>();
    for (Transaction transaction : transactions) {
      Set<TableName> truncated = new LinkedHashSet<>();
      try (Statement statement = writing.createStatement()) {
        for (String sql : transaction.statements()) {
          Savepoint before = writing.setSavepoint();
          try {
            statement.execute(sql);
            one.tables().stream()
                .map(Tab::name)
                .filter(name -> sql.equals("truncate " + name.sql()))
                .forEach(truncated::add);
          } catch (SQLException e) {
            if (!"23505".equals(e.getSQLState())) {
              throw e;
            }
            writing.rollback(before);
          }
        }
        if (transaction.undone()) {
          writing.rollback();
          continue;
        }
        drain(statement, changes);
        writing.commit();
      }
      for (TableName table : truncated) {
        resync(models, table, dirty);
      }
    }
    rows += changes.size();
    return changes;
  }

  /** A truncated table: whatever reads it, as it was published and as it is. */
  private void resync(ReadModels models, TableName table, Set<DocumentKey> dirty)
      throws SQLException {
    for (ReadModel model : models.reading(table)) {
      known.values().stream().filter(key -> key.model().equals(model.name())).forEach(dirty::add);
      dirty.addAll(model.keys(writing, null, 1_000));
      writing.rollback();
    }
  }

  private final Map<String, DocumentKey> known = new HashMap<>();

  private void drain(Statement statement, List<RowChange> to) throws SQLException, IOException {
    try (ResultSet row =
        statement.executeQuery(
            "with taken as (delete from change_log returning *) select * from taken order by seq")) {
      while (row.next()) {
        String name = row.getString("table_name");
        Tab table =
            one.tables().stream()
                .filter(t -> t.name().name().equals(name))
                .findFirst()
                .orElseThrow();
        logged(table, image(row.getString("before")), image(row.getString("after")), to);
      }
    }
  }

  private static @Nullable Map<String, @Nullable String> image(@Nullable String json)
      throws JsonProcessingException {
    return json == null
        ? null
        : MAPPER.readValue(json, new TypeReference<Map<String, @Nullable String>>() {});
  }

  /** What the log says of a change under a replica identity that is as narrow as it may be. */
  private void logged(
      Tab table,
      @Nullable Map<String, @Nullable String> before,
      @Nullable Map<String, @Nullable String> after,
      List<RowChange> to) {
    Set<String> identity = one.linking(table);
    Map<String, @Nullable String> old = before == null ? null : new HashMap<>(before);
    if (old == null || after == null) {
      if (old != null) {
        old.keySet().retainAll(identity);
      }
      to.add(new RowChange(table.name(), old, after));
      return;
    }
    Map<String, @Nullable String> whole = new HashMap<>(after);
    boolean moved = differs(old, whole, identity);
    boolean renamed = differs(old, whole, Set.copyOf(table.primaryKey()));
    if (random.nextBoolean() && Objects.equals(old.get("c"), whole.get("c"))) {
      after.remove("c"); // as a large value that did not change
    }
    old.keySet().retainAll(identity);
    if (renamed && random.nextBoolean()) {
      to.add(new RowChange(table.name(), old, null)); // as Debezium tells it
      to.add(new RowChange(table.name(), null, after));
    } else {
      to.add(new RowChange(table.name(), moved || random.nextBoolean() ? old : null, after));
    }
  }

  static boolean differs(
      Map<String, @Nullable String> before,
      Map<String, @Nullable String> after,
      Set<String> columns) {
    return columns.stream()
        .anyMatch(column ->
            before.containsKey(column)
                && after.containsKey(column)
                && !Objects.equals(before.get(column), after.get(column)));
  }

  private void route(
      ReadModels models, Connection session, List<RowChange> changes, Set<DocumentKey> dirty)
      throws SQLException {
    List<RowChange> seen = Mutants.seen(mutant, one, changes);
    for (Affected affected : models.affected(session, seen)) {
      dirty.add(affected.key());
    }
  }

  private void rebuildAll(ReadModels models) throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(TestDatabase.lending(reading))) {
      for (ReadModel model : models.models()) {
        rebuild(
            models, session.connection(), Set.copyOf(model.keys(session.connection(), null, 99)));
      }
    }
  }

  private void rebuild(ReadModels models, Connection session, Set<DocumentKey> keys)
      throws SQLException {
    for (ReadModel model : models.models()) {
      List<DocumentKey> ofModel =
          keys.stream().filter(key -> key.model().equals(model.name())).toList();
      for (Document document : model.build(session, ofModel)) {
        rebuilt++;
        String kvKey = document.key().kvKey();
        known.put(kvKey, document.key());
        if (document.json() != null) {
          stored.put(kvKey, parse(document.json()));
        } else if (mutant != Mutant.PRUNE_BY_FILTER && mutant != Mutant.KEEP_THE_OLD_KEY) {
          stored.remove(kvKey);
        }
      }
    }
  }

  private static JsonNode parse(String json) {
    try {
      return NaiveDocuments.normalized(MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable String difference(ReadModels models, Connection session) throws SQLException {
    Map<String, JsonNode> expected = new TreeMap<>();
    new NaiveDocuments(session, one.tables())
        .forEach(
            one,
            (model, key, document) ->
                expected.put(
                    models.find(model).orElseThrow().key(key).kvKey(),
                    NaiveDocuments.normalized(document)));
    if (expected.equals(stored)) {
      return null;
    }
    Set<String> keys = new LinkedHashSet<>(expected.keySet());
    keys.addAll(stored.keySet());
    for (String key : keys) {
      if (!Objects.equals(expected.get(key), stored.get(key))) {
        return key + " must be " + expected.get(key) + " and is " + stored.get(key);
      }
    }
    throw new IllegalStateException("the maps differ");
  }
}

package dev.forebay.api.touch;

import dev.forebay.api.problem.SqlState;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.touch.Counts.Count;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the rows that operations change, before and after, and routes them once, at the end.
 *
 * <p>Completeness: the end sees everything that the transaction did, and of each changed row there
 * is an image from before and one from after, as the log would have them; so what holds for the
 * worker's routing holds here (see {@code Router}), but for one thing: another transaction that
 * commits between the routing and this COMMIT is not seen. What operations did not do themselves
 * (triggers, referential actions, rules) shows in PostgreSQL's own counts of changed rows: where
 * these differ from what is known, every model that reads the table is touched wholly.
 */
final class RowTouch implements Touch {

  private static final Logger LOG = LoggerFactory.getLogger(RowTouch.class);

  private final Touches touches;
  private final ReadModels models;
  private final Connection connection;
  private final boolean blind;
  private final Map<TableName, Count> known = new HashMap<>();
  private final Set<TableName> unread = new HashSet<>();
  private final List<RowChange> changes = new ArrayList<>();
  private final Map<ResourceTable, Set<List<String>>> written = new LinkedHashMap<>();
  private Counts start;
  private Counts mark;

  RowTouch(Touches touches, Connection connection, boolean blind) throws SQLException {
    this.touches = touches;
    this.models = touches.models();
    this.connection = connection;
    this.blind = blind;
    this.start = count();
    this.mark = start;
  }

  @Override
  public Before before(ResourceTable resource, Operation operation) throws SQLException {
    List<String> key =
        switch (operation) {
          case Operation.Create create -> List.of();
          case Operation.Put put -> put.key();
          case Operation.Patch patch -> patch.body().isEmpty() ? List.of() : patch.key();
          case Operation.Delete delete -> delete.key();
        };
    ImageReader reader = touches.reader(resource.name());
    if (blind || reader == null || !resource.isKey(key)) {
      return Before.NOTHING;
    }
    boolean deletes = operation instanceof Operation.Delete;
    ImageReader.Lock lock = deletes ? ImageReader.Lock.DELETE : ImageReader.Lock.CHANGE;
    try {
      List<Image> rows = reader.byKey(connection, resource, List.of(key), lock);
      if (rows.isEmpty()) {
        return new Before(key, null, List.of());
      }
      Image row = rows.getFirst();
      return new Before(key, row, deletes ? new Cascade(touches, connection).of(row) : List.of());
    } catch (SQLException e) {
      // Looking took too long, not waiting: locks give up earlier. The write itself may be quick.
      boolean slow = SqlState.of(e).equals(SqlState.QUERY_CANCELED);
      if (concernsTheWrite(e) || (SqlState.isOfTimeOrRoom(e) && !slow)) {
        throw e;
      }
      throw new TouchFailedException(e);
    }
  }

  @Override
  public void applied(ResourceTable resource, Before before, Applied applied) {
    TableName table = resource.name();
    if (blind || touches.reader(table) == null) {
      return;
    }
    Set<List<String>> keys = written.computeIfAbsent(resource, one -> new LinkedHashSet<>());
    switch (applied.outcome()) {
      case CREATED -> {
        know(table, new Count(1, 0, 0, ""));
        keys.add(applied.key());
      }
      case CHANGED -> {
        know(table, new Count(0, 1, 0, ""));
        keys.remove(before.key());
        keys.add(applied.key());
        addBefore(table, before);
      }
      case DELETED -> {
        know(table, new Count(0, 0, 1, ""));
        keys.remove(before.key());
        addBefore(table, before);
      }
      case SAME -> {}
    }
  }

  private void addBefore(TableName table, Before before) {
    if (!before.isKnown()) {
      // Somebody else made the row in between, or row security hides it from this role.
      unread.add(table);
      return;
    }
    changes.add(new RowChange(table, before.row().values(), null));
    for (Before.Along along : before.along()) {
      TableName other = along.before().table();
      know(other, along.after() == null ? new Count(0, 0, 1, "") : new Count(0, 1, 0, ""));
      changes.add(new RowChange(other, along.before().values(), along.after()));
    }
  }

  private void know(TableName table, Count more) {
    known.merge(table, more, Count::plus);
  }

  @Override
  public void mayBeUndone() throws SQLException {
    mark = count();
  }

  @Override
  public void undone() throws SQLException {
    // What was rolled back stays counted, as if it had been there from the start.
    start = start.plus(count().since(mark));
  }

  private Counts count() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(touches.countSql());
        ResultSet rows = statement.executeQuery()) {
      return Counts.read(rows, touches.tables());
    }
  }

  /** What the transaction is, and what PostgreSQL says of it. */
  private record Said(long xid, String history, boolean counted, Counts counts) {}

  @Override
  public Outcome end() throws SQLException {
    Said said = ask();
    Counts changed = said.counts.since(start);
    Findings findings = new Findings(touches.keyPrefix());
    List<TableName> tables = new ArrayList<>();
    for (TableName table : touches.tables()) {
      Count count = changed.of(table);
      Count expected = known.getOrDefault(table, Count.NONE);
      if (!said.counted || unread.contains(table) || !count.isOf(expected)) {
        findings.addWholly(names(models.reading(table)));
      }
      if (!count.isNothing() || !expected.isNothing()) {
        findings.addWholly(names(models.dependingWholly(table)));
        tables.add(table);
      }
    }
    try {
      findDocuments(findings, tables);
    } catch (SQLException | IncompleteImageException e) {
      if (e instanceof SQLException sql && concernsTheWrite(sql)) {
        throw sql;
      }
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("tables", tables)
          .log("the documents that a write touches were not found; it names their models");
      addReading(findings, tables);
    }
    goBack();
    return new Outcome(findings.touched(said.xid), said.history);
  }

  private Said ask() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(touches.endSql())) {
      boolean hasRows = statement.execute();
      while (!hasRows) {
        hasRows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        long xid = Long.parseLong(row.getString(1));
        String history = row.getString(2);
        boolean counted = row.getBoolean(3);
        statement.getMoreResults();
        try (ResultSet rows = statement.getResultSet()) {
          return new Said(xid, history, counted, Counts.read(rows, touches.tables()));
        }
      }
    }
  }

  private void findDocuments(Findings findings, List<TableName> tables) throws SQLException {
    if (tables.stream().allMatch(table -> findings.hasWholly(names(models.reading(table))))) {
      return;
    }
    for (Map.Entry<ResourceTable, Set<List<String>>> entry : written.entrySet()) {
      ResourceTable resource = entry.getKey();
      ImageReader reader = touches.reader(resource.name());
      if (reader == null || entry.getValue().isEmpty()) {
        continue;
      }
      List<Image> after =
          reader.byKey(connection, resource, entry.getValue(), ImageReader.Lock.NONE);
      if (after.size() < entry.getValue().size()) {
        addReading(findings, List.of(resource.name()));
      }
      after.forEach(row -> changes.add(new RowChange(row.table(), null, row.values())));
    }
    models.follow(connection, changes, one -> findings.add(one.key()));
    if (findings.isCutShort()) {
      addReading(findings, tables);
    }
  }

  private void addReading(Findings findings, Collection<TableName> tables) {
    tables.forEach(table -> findings.addWholly(names(models.reading(table))));
  }

  private void goBack() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Touches.GO_BACK);
    }
  }

  /** Whether the write itself cannot go on, or should be tried again as a whole. */
  private static boolean concernsTheWrite(SQLException fault) {
    return SqlState.isRetryable(fault) || SqlState.isConnectionLost(fault);
  }

  private static List<String> names(List<ReadModel> models) {
    return models.stream().map(ReadModel::name).toList();
  }
}

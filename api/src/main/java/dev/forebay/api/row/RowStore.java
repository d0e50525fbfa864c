package dev.forebay.api.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import dev.forebay.api.resource.Assignment;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.resource.RowReader;
import dev.forebay.api.transaction.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows of one resource. Statements have the rights of the resource's database role, if it names
 * one. Keys are given as decoded text, one per column of the key; one that no row can have is the
 * key of no row.
 *
 * <p>Every method is called inside a transaction, and throws {@link ApiProblem} for what the client
 * did wrong. Safe for any thread; calls block.
 */
public final class RowStore {

  /** A row that comes and goes at each attempt is somebody else's business. */
  private static final int MAX_ATTEMPTS = 3;

  private final ResourceTable table;
  private final RowReader reader;
  private final RowQueries queries;

  /** A store for one resource. */
  public RowStore(ResourceTable table) {
    this.table = table;
    this.reader = new RowReader(table);
    this.queries = new RowQueries(table);
  }

  /** What it stores. */
  public ResourceTable table() {
    return table;
  }

  /** Reads these columns of a row. */
  public Optional<Row> find(Connection connection, List<String> key, Collection<Column> fields)
      throws SQLException {
    if (!table.isKey(key)) {
      return Optional.empty();
    }
    return assumed(connection, () -> queries.find(connection, key, fields));
  }

  /** Reads a page. */
  public Page list(Connection connection, Listing listing) throws SQLException {
    return assumed(connection, () -> queries.list(connection, listing));
  }

  /**
   * Says what is wrong with an operation as far as can be seen without the database.
   *
   * @param unknown members of the body whose value is not known yet
   */
  public List<Violation> problems(Operation operation, Set<String> unknown) {
    return switch (operation) {
      case Operation.Create create -> reader.createProblems(create.body(), unknown);
      case Operation.Put put -> reader.putProblems(put.key(), put.body(), unknown);
      case Operation.Patch patch -> reader.patchProblems(patch.body(), unknown);
      case Operation.Delete delete -> List.of();
    };
  }

  /** The columns an operation sets, by name. */
  public List<String> columnsSet(Operation operation) {
    return switch (operation) {
      case Operation.Create create -> names(create.body());
      case Operation.Put put -> {
        List<String> names = names(put.body());
        table.key().forEach(column -> names.add(column.name()));
        yield names;
      }
      case Operation.Patch patch -> names(patch.body());
      case Operation.Delete delete -> List.of();
    };
  }

  /**
   * Applies an operation.
   *
   * @throws ApiProblem if the body is refused, a precondition does not hold, there is no such row,
   *     or a trigger dropped it
   */
  public Applied apply(Connection connection, Operation operation) throws SQLException {
    if (table.resource().ifMatchRequired()
        && !(operation instanceof Operation.Create)
        && operation.precondition() instanceof Precondition.None) {
      throw ApiProblem.of(ProblemType.PRECONDITION_REQUIRED);
    }
    return assumed(
        connection,
        () ->
            switch (operation) {
              case Operation.Create create -> create(connection, create);
              case Operation.Put put -> put(connection, put);
              case Operation.Patch patch -> patch(connection, patch);
              case Operation.Delete delete -> delete(connection, delete);
            });
  }

  /**
   * Inserts rows in their order.
   *
   * @param bodies objects, at least one
   */
  public List<Applied> createAll(Connection connection, List<JsonNode> bodies) throws SQLException {
    List<List<Assignment>> rows = bodies.stream().map(reader::create).toList();
    return assumed(
        connection,
        () -> {
          List<Applied> created = new ArrayList<>(rows.size());
          for (int from = 0, to; from < rows.size(); from = to) {
            to = endOfRun(rows, from);
            insertRun(connection, rows.subList(from, to))
                .forEach(row -> created.add(Applied.created(row)));
          }
          return created;
        });
  }

  /** Neighbours that set the same columns are one statement. */
  private static int endOfRun(List<List<Assignment>> rows, int from) {
    List<Column> columns = columns(rows.get(from));
    int to = from + 1;
    while (to < rows.size() && columns(rows.get(to)).equals(columns)) {
      to++;
    }
    return to;
  }

  private List<Row> insertRun(Connection connection, List<List<Assignment>> rows)
      throws SQLException {
    List<Row> inserted = new ArrayList<>(rows.size());
    if (rows.size() == 1 || rows.getFirst().isEmpty()) {
      for (List<Assignment> row : rows) {
        queries.insert(connection, row).ifPresent(inserted::add);
      }
    } else {
      inserted.addAll(queries.insertAll(connection, rows));
    }
    if (inserted.size() < rows.size()) {
      throw ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION);
    }
    return inserted;
  }

  private Applied create(Connection connection, Operation.Create create) throws SQLException {
    return queries
        .insert(connection, reader.create(create.body()))
        .map(Applied::created)
        .orElseThrow(() -> ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION));
  }

  private Applied put(Connection connection, Operation.Put put) throws SQLException {
    List<Assignment> values = reader.put(put.key(), put.body());
    boolean creates =
        table.isKeyWritable()
            && table.isKey(put.key())
            && !(put.precondition() instanceof Precondition.Version)
            && !(put.precondition() instanceof Precondition.Exists);
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (!(put.precondition() instanceof Precondition.Absent)) {
        Optional<Applied> changed = replace(connection, put, values);
        if (changed.isPresent()) {
          return changed.get();
        }
      }
      if (creates) {
        Optional<Row> created = queries.insertIfAbsent(connection, values);
        if (created.isPresent()) {
          return Applied.created(created.get());
        }
      }
      if (!(creates && put.precondition() instanceof Precondition.None)) {
        throw refused(connection, put.key(), put.precondition());
      }
    }
    // Neither changed nor created: a trigger or a policy keeps it so, or somebody who comes and
    // goes.
    throw unwilling();
  }

  private Optional<Applied> replace(
      Connection connection, Operation.Put put, List<Assignment> values) throws SQLException {
    if (!table.isKey(put.key())) {
      return Optional.empty();
    }
    Set<Column> key = new HashSet<>(table.key());
    List<Assignment> set = values.stream().filter(one -> !key.contains(one.column())).toList();
    List<Column> defaults = new ArrayList<>(table.writable().values());
    defaults.removeAll(columns(values));
    defaults.removeAll(key);
    if (set.isEmpty() && defaults.isEmpty()) {
      return queries
          .find(connection, put.key(), table.visible().values())
          .filter(row -> holds(put.precondition(), row))
          .map(Applied::same);
    }
    return queries
        .update(connection, put.key(), set, defaults, put.precondition())
        .map(Applied::changed);
  }

  private Applied patch(Connection connection, Operation.Patch patch) throws SQLException {
    List<Assignment> assignments = reader.patch(patch.body());
    if (!table.isKey(patch.key())) {
      throw ApiProblem.of(ProblemType.NOT_FOUND);
    }
    Optional<Applied> applied;
    if (assignments.isEmpty()) {
      applied =
          queries
              .find(connection, patch.key(), table.visible().values())
              .filter(row -> holds(patch.precondition(), row))
              .map(Applied::same);
    } else {
      List<Assignment> merged = queries.merge(connection, patch.key(), assignments);
      applied =
          queries
              .update(connection, patch.key(), merged, List.of(), patch.precondition())
              .map(Applied::changed);
    }
    if (applied.isEmpty()) {
      throw refused(connection, patch.key(), patch.precondition());
    }
    return applied.get();
  }

  private Applied delete(Connection connection, Operation.Delete delete) throws SQLException {
    if (!table.isKey(delete.key())) {
      throw ApiProblem.of(ProblemType.NOT_FOUND);
    }
    if (!queries.delete(connection, delete.key(), delete.precondition())) {
      throw refused(connection, delete.key(), delete.precondition());
    }
    return Applied.deleted(delete.key());
  }

  private static boolean holds(Precondition precondition, Row row) {
    return !(precondition instanceof Precondition.Version version)
        || version.versions().contains(row.version());
  }

  /** Why nothing was done: the row is another, there is none, or the database does not want it. */
  private ApiProblem refused(Connection connection, List<String> key, Precondition precondition)
      throws SQLException {
    boolean exists = table.isKey(key) && queries.exists(connection, key);
    if (!exists) {
      return ApiProblem.of(ProblemType.NOT_FOUND);
    }
    return switch (precondition) {
      case Precondition.None none -> unwilling();
      case Precondition.Exists any -> unwilling();
      case Precondition.Absent absent -> ApiProblem.of(ProblemType.PRECONDITION_FAILED);
      case Precondition.Version version -> ApiProblem.of(ProblemType.PRECONDITION_FAILED);
    };
  }

  /** A policy that hides nothing but forbids the change, or a trigger that drops it. */
  private ApiProblem unwilling() {
    return ApiProblem.of(
        table.isGuarded() ? ProblemType.FORBIDDEN : ProblemType.CONSTRAINT_VIOLATION);
  }

  private <T> T assumed(Connection connection, Statements<T> statements) throws SQLException {
    String role = table.resource().databaseRole();
    if (role == null) {
      return statements.run();
    }
    Transactions.assume(connection, role);
    T result = statements.run();
    Transactions.assume(connection, null);
    return result;
  }

  /** Something to ask PostgreSQL. */
  private interface Statements<T> {
    T run() throws SQLException;
  }

  private static List<Column> columns(List<Assignment> assignments) {
    return assignments.stream().map(Assignment::column).toList();
  }

  private static List<String> names(JsonNode body) {
    List<String> names = new ArrayList<>();
    body.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

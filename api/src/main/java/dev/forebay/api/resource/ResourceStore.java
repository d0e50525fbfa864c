package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import dev.forebay.api.problem.SqlProblems.Operation;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one resource. Every call is one transaction; a write that returns has been committed.
 *
 * <p>Every call throws {@link ApiProblem}, and nothing else, for what the client or the database
 * did wrong. Keys are given as decoded text, one per column of the key; one that no row can have is
 * the key of no row. Safe for any thread; calls block.
 */
public final class ResourceStore {

  private final ResourceTable table;
  private final Transactions transactions;
  private final RowReader reader;
  private final RowQueries queries;

  /** A store for one resource. */
  public ResourceStore(ResourceTable table, Transactions transactions) {
    this.table = table;
    this.transactions = transactions;
    this.reader = new RowReader(table);
    this.queries = new RowQueries(table);
  }

  /** What it stores. */
  public ResourceTable table() {
    return table;
  }

  /** Inserts a row. */
  public Written create(JsonNode body) {
    List<Assignment> assignments = reader.create(body);
    try {
      return transactions
          .write(connection -> queries.insert(connection, assignments))
          .orElseThrow(() -> ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION));
    } catch (SQLException e) {
      throw SqlProblems.translate(e, table, Operation.INSERT, names(assignments));
    }
  }

  /** Reads a row. */
  public Optional<Row> find(List<String> key) {
    if (!isKey(key)) {
      return Optional.empty();
    }
    try {
      return transactions.read(connection -> queries.find(connection, key));
    } catch (SQLException e) {
      throw SqlProblems.translate(e, table, Operation.SELECT, List.of());
    }
  }

  /**
   * Lists rows in the order of their keys.
   *
   * @param after the key after which to begin, or null for the beginning
   * @param limit at least 1
   * @return at most {@code limit} rows
   */
  public List<Row> list(@Nullable List<String> after, int limit) {
    try {
      return transactions.read(connection -> queries.list(connection, after, limit));
    } catch (SQLException e) {
      throw SqlProblems.translate(e, table, Operation.SELECT, List.of());
    }
  }

  /**
   * Changes the columns a merge patch (RFC 7396) names and no others; null sets NULL, and an object
   * is merged into what a JSON column holds.
   *
   * @return empty if there is no such row
   */
  public Optional<Written> patch(List<String> key, JsonNode body) {
    List<Assignment> assignments = reader.patch(body);
    if (!isKey(key)) {
      return Optional.empty();
    }
    if (assignments.isEmpty()) {
      return find(key).map(row -> new Written(row, ""));
    }
    try {
      return transactions.write(connection -> queries.update(connection, key, assignments));
    } catch (SQLException e) {
      throw SqlProblems.translate(e, table, Operation.UPDATE, names(assignments));
    }
  }

  /**
   * Deletes a row.
   *
   * @return the transaction's id, or empty if there was no such row
   */
  public Optional<String> delete(List<String> key) {
    if (!isKey(key)) {
      return Optional.empty();
    }
    try {
      return transactions.write(connection -> queries.delete(connection, key));
    } catch (SQLException e) {
      throw SqlProblems.translate(e, table, Operation.DELETE, List.of());
    }
  }

  /** Whether these are values of the key: as many as it has columns, each fit for its own. */
  public boolean isKey(List<String> values) {
    List<Column> key = table.key();
    if (values.size() != key.size()) {
      return false;
    }
    for (int i = 0; i < key.size(); i++) {
      if (!ColumnValues.isKeyText(key.get(i).type(), values.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> names(List<Assignment> assignments) {
    return assignments.stream().map(assignment -> assignment.column().name()).toList();
  }
}

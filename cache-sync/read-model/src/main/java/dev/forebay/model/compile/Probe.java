package dev.forebay.model.compile;

import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.sql.LinkSql;
import dev.forebay.model.tree.Occurrence;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks PostgreSQL whether SQL is valid, without reading a row. Confined to one thread. */
final class Probe {

  private final Connection connection;
  private final Catalog catalog;
  private final Problems problems;

  /**
   * @param connection in a read-only transaction, with the search_path of a snapshot session
   */
  Probe(Connection connection, Catalog catalog, Problems problems) {
    this.connection = connection;
    this.catalog = catalog;
    this.problems = problems;
  }

  /**
   * The type of an expression over the columns of one table alone; null, with a problem, if it is
   * invalid. Standing in WHERE as well, it can hold no aggregate and return no set.
   */
  @Nullable ColumnType typeOf(Text text, Expression expression, Table table, String what)
      throws SQLException {
    String sql =
        """
        select pg_typeof(e.value)::oid
        from (values (1)) one
        left join (select (%1$s) as value from %2$s where (%1$s) is not null) e on false
        """
            .formatted(expression.sql(), table.name().sql());
    return typeOf(text.line(), what, sql);
  }

  /** The type whose identifier a statement without parameters gives; null, with a problem. */
  @Nullable ColumnType typeOf(int line, String what, String sql) throws SQLException {
    return attempt(
        line,
        what + " is not valid",
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(sql);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return catalog.type(row.getLong(1));
          }
        });
  }

  /** Whether columns can be compared as declared; false, with a problem, if not. */
  boolean joins(int line, Table own, Table outer, List<Occurrence.Link> links) throws SQLException {
    return runs(line, "This relation", LinkSql.probe(own, outer, links));
  }

  /** Runs a statement with empty arrays for its parameters; false, with a problem, if it fails. */
  boolean runs(int line, String what, String sql) throws SQLException {
    return attempt(
            line,
            what + " does not work",
            () -> {
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                fill(statement);
                statement.executeQuery().close();
                return true;
              }
            })
        != null;
  }

  private void fill(PreparedStatement statement) throws SQLException {
    ParameterMetaData parameters = statement.getParameterMetaData();
    for (int i = 1; i <= parameters.getParameterCount(); i++) {
      String type = parameters.getParameterTypeName(i).equals("_int4") ? "int4" : "text";
      statement.setArray(i, connection.createArrayOf(type, new Object[0]));
    }
  }

  private interface Attempt<T> {
    T run() throws SQLException;
  }

  /** One failure leaves the transaction usable. */
  private <T> @Nullable T attempt(int line, String what, Attempt<T> attempt) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      return attempt.run();
    } catch (SQLException e) {
      report(line, what, e);
      return null;
    } finally {
      connection.rollback(savepoint);
    }
  }

  private void report(int line, String what, SQLException e) throws SQLException {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    boolean ofTheStatement =
        state.startsWith("42")
            || state.startsWith("22")
            || state.startsWith("0A")
            || state.startsWith("54");
    if (!ofTheStatement) {
      throw e;
    }
    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
    String hint = null;
    for (String detail : lines) {
      if (detail.strip().toLowerCase(Locale.ROOT).startsWith("hint: ")) {
        hint = detail.strip().substring("hint: ".length());
      }
    }
    String said = lines.getFirst().replaceFirst("^[A-Z]+: ", "");
    problems.add(line, what + ": PostgreSQL says \"" + said + "\".", hint);
  }
}

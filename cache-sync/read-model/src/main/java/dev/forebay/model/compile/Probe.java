package dev.forebay.model.compile;

import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.closed.Dependencies;
import dev.forebay.model.closed.Dependencies.Read;
import dev.forebay.model.closed.Dependencies.Unsteady;
import dev.forebay.model.closed.DependencyReader;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.sql.LinkSql;
import dev.forebay.model.sql.QuerySql;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Query;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL whether SQL is valid and what it depends on, without reading a row. Confined to
 * one thread, used for one model.
 */
final class Probe {

  private static final Pattern QUOTED_OR_MARK =
      Pattern.compile(
          "\\b[eE]'[^'\\\\]*+(?:(?:\\\\.|'')[^'\\\\]*+)*+'|'[^']*'|\"[^\"]*\"|\\?::|\\?\\?",
          Pattern.DOTALL);

  private static final String UNDEFINED_TABLE = "42P01";

  private final Connection connection;
  private final Catalog catalog;
  private final Problems problems;
  private final boolean refreshed;

  /**
   * @param connection in a transaction that is rolled back, with the search_path of a snapshot
   *     session
   * @param refreshed whether the model is rebuilt now and then, so that it may depend on the clock
   */
  Probe(Connection connection, Catalog catalog, Problems problems, boolean refreshed) {
    this.connection = connection;
    this.catalog = catalog;
    this.problems = problems;
    this.refreshed = refreshed;
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
    ColumnType type = typeOf(text.at(), what, sql);
    String query = "select (%s) from %s".formatted(expression.sql(), table.name().sql());
    return type != null && isClosed(text.at(), what, query, table.name()) ? type : null;
  }

  /** The type whose identifier a statement without parameters gives; null, with a problem. */
  @Nullable ColumnType typeOf(Location at, String what, String sql) throws SQLException {
    return attempt(
        at,
        what + " is not valid",
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(sql);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return catalog.type(row.getLong(1));
          }
        });
  }

  private boolean isClosed(Location at, String what, String query, TableName table)
      throws SQLException {
    Dependencies found = dependencies(at, what, query);
    if (found == null) {
      return false;
    }
    boolean steady = isSteady(at, what, found);
    return isCovered(at, what, found, Set.of(table), Set.of(), null) && steady;
  }

  /** Whether nothing in a query changes without a row, or a rebuild mends it; else problems. */
  boolean isSteady(Location at, String what, Dependencies found) {
    int before = problems.count();
    for (Unsteady one : found.unsteady()) {
      if (!one.stable() || !refreshed) {
        problems.add(
            at,
            what + " uses " + one.what() + ", which changes without any change of a row.",
            one.stable() ? "Give the model a time to rebuild, for example refresh: 1m." : null);
      }
    }
    return problems.count() == before;
  }

  /**
   * Whether a query reads these tables alone; else problems.
   *
   * @param tables that it may read itself or through views
   * @param throughFunctions that functions may read for it
   * @param fix what to do about another
   */
  boolean isCovered(
      Location at,
      String what,
      Dependencies found,
      Set<TableName> tables,
      Set<TableName> throughFunctions,
      @Nullable String fix) {
    int before = problems.count();
    for (Read read : found.reads()) {
      String through = read.through();
      boolean known = (through == null ? tables : throughFunctions).contains(read.table());
      if (!known && (through == null || !refreshed)) {
        problems.add(
            at,
            what
                + " reads "
                + read.table()
                + (through == null ? "" : " through " + through)
                + ", whose changes would lead to no document.",
            fix);
      }
    }
    return problems.count() == before;
  }

  /**
   * What a query depends on; null, with a problem, if it cannot be a view.
   *
   * @param sql for a prepared statement, every parameter an array with its cast
   */
  @Nullable Dependencies dependencies(Location at, String what, String sql) throws SQLException {
    String query = unprepared(sql);
    return attempt(
        at, what + " is not valid", () -> DependencyReader.read(connection, query), false);
  }

  /** What the driver would make of it, with empty arrays; what is quoted stays as it is. */
  private static String unprepared(String sql) {
    return QUOTED_OR_MARK
        .matcher(sql)
        .replaceAll(found ->
            switch (found.group()) {
              case "?::" -> "array[]::";
              case "??" -> "?";
              default -> Matcher.quoteReplacement(found.group());
            });
  }

  /**
   * What a query over the image of a changed row depends on, see {@link Query#CHANGED}; null, with
   * a problem, if it is not valid.
   */
  @Nullable Dependencies dependencies(Location at, String what, String sql, Table table)
      throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute(QuerySql.imageTable(table));
      return dependencies(at, what, sql);
    } finally {
      connection.rollback(savepoint);
    }
  }

  /** Whether columns can be compared as declared; false, with a problem, if not. */
  boolean joins(Location at, Table own, Table outer, List<Occurrence.Link> links)
      throws SQLException {
    return runs(at, "This relation", LinkSql.probe(own, outer, links));
  }

  /** Runs a statement with empty arrays for its parameters; false, with a problem, if it fails. */
  boolean runs(Location at, String what, String sql) throws SQLException {
    return attempt(
            at,
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

  /** One failure leaves the transaction usable; nothing is written. */
  private <T> @Nullable T attempt(Location at, String what, Attempt<T> attempt)
      throws SQLException {
    return attempt(at, what, attempt, true);
  }

  private <T> @Nullable T attempt(Location at, String what, Attempt<T> attempt, boolean readOnly)
      throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      if (readOnly) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("set local transaction_read_only = on");
        }
      }
      return attempt.run();
    } catch (SQLException e) {
      report(at, what, e);
      return null;
    } finally {
      connection.rollback(savepoint);
    }
  }

  private void report(Location at, String what, SQLException e) throws SQLException {
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
    if (hint == null && state.equals(UNDEFINED_TABLE)) {
      hint = "Write the schema before the table, for example public.article.";
    }
    String said = lines.getFirst().replaceFirst("^[A-Z]+: ", "");
    problems.add(at, what + ": PostgreSQL says \"" + said + "\".", hint);
  }
}

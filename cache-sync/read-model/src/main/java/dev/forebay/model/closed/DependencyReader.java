package dev.forebay.model.closed;

import dev.forebay.model.TableName;
import dev.forebay.model.closed.Dependencies.Read;
import dev.forebay.model.closed.Dependencies.Unsteady;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a query depends on: makes it a temporary view and follows what PostgreSQL stored of
 * it, through views, functions written as {@code BEGIN ATOMIC}, and conditions of domains.
 *
 * <p>A function written as text cannot be followed; PostgreSQL's word for it is taken: immutable is
 * trusted, stable and volatile are unsteady. A stable function that can be followed is judged by
 * what is in it.
 */
public final class DependencyReader {

  private static final String VIEW = "pg_temp.\"forebay query\"";

  /** CURRENT_DATE and its kin; SQLValueFunctionOp in src/include/nodes/primnodes.h, 2026-11. */
  private static final int LAST_SQL_VALUE_OF_TIME = 8;

  /** A quoted name, or a string with its text. */
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'((?:[^']|'')*)'");

  /** Words that dates and times know, and that are replaced when the statement is read. */
  private static final Pattern CLOCK_WORD =
      Pattern.compile("(?i)\\b(now|today|tomorrow|yesterday)\\b");

  private static final String WHOLE_ROW = " :varattno 0 ";

  /**
   * A stored query.
   *
   * @param through the function it is the body of, or null
   * @param folded whether that function calls itself immutable: a cached plan may hold its result
   *     for ever, so that no rebuild mends what is wrong
   */
  private record Tree(String text, @Nullable String through, boolean folded) {}

  private final CatalogFacts facts;
  private final Connection connection;
  private final Deque<Tree> trees = new ArrayDeque<>();
  private final Set<Long> functions = new HashSet<>();
  private final Set<Long> views = new HashSet<>();
  private final Set<String> conditions = new HashSet<>();
  private final Set<Read> reads = new LinkedHashSet<>();
  private final Set<Unsteady> unsteady = new LinkedHashSet<>();

  private DependencyReader(Connection connection) {
    this.connection = connection;
    this.facts = new CatalogFacts(connection);
  }

  /**
   * Reads what a query depends on.
   *
   * @param connection in a transaction that may write, whose search_path is {@code pg_catalog}; the
   *     caller rolls it back, or to a savepoint
   * @param sql one SELECT without parameters
   * @throws SQLException also if the query is not valid
   */
  public static Dependencies read(Connection connection, String sql) throws SQLException {
    return new DependencyReader(connection).read(sql);
  }

  private Dependencies read(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create temporary view " + VIEW + " as " + sql);
    }
    long view = facts.relation(VIEW);
    String rule = facts.rule(view);
    trees.add(new Tree(rule, null, false));
    while (!trees.isEmpty()) {
      Tree tree = trees.remove();
      follow(NodeTree.parse(tree.text), tree, sql);
    }
    return new Dependencies(
        List.copyOf(reads),
        List.copyOf(unsteady),
        facts.columns(view),
        used(view),
        rule.contains(WHOLE_ROW));
  }

  private void follow(NodeTree tree, Tree from, String sql) throws SQLException {
    Set<Long> called = new LinkedHashSet<>(tree.functions());
    called.addAll(facts.functionsOfOperators(tree.operators()));
    called.addAll(facts.inputFunctions(tree.parsed()));
    called.removeIf(oid -> !functions.add(oid));
    for (CatalogFacts.Function function : facts.functions(called)) {
      judge(function, from);
    }
    for (CatalogFacts.Relation relation : facts.relations(tree.relations())) {
      if (!relation.view()) {
        read(relation.name(), from);
      } else if (views.add(relation.oid())) {
        trees.add(new Tree(facts.rule(relation.oid()), from.through, from.folded));
      }
    }
    for (String condition : facts.conditions(tree.types())) {
      if (conditions.add(condition)) {
        trees.add(new Tree(condition, from.through, from.folded));
      }
    }
    for (int value : tree.sqlValues()) {
      boolean time = value <= LAST_SQL_VALUE_OF_TIME;
      String what = time ? "the current time" : "the current user or schema";
      unsteady.add(new Unsteady(what, !from.folded));
    }
    if (tree.sampled()) {
      unsteady.add(new Unsteady("TABLESAMPLE", false));
    }
    if (tree.locking()) {
      unsteady.add(new Unsteady("FOR UPDATE or FOR SHARE", false));
    }
    judgeTypes(tree, sql);
  }

  private void judgeTypes(NodeTree tree, String sql) throws SQLException {
    for (String type : facts.objectTypes(tree.types())) {
      unsteady.add(new Unsteady("the type " + type + ", which prints names of the catalog", true));
    }
    if (hasClockWord(sql) && facts.holdTime(tree.constants())) {
      unsteady.add(
          new Unsteady("a date or time constant such as 'now', which is read only once", false));
    }
  }

  private static boolean hasClockWord(String sql) {
    return QUOTED
        .matcher(sql)
        .results()
        .anyMatch(quoted -> quoted.group(1) != null && CLOCK_WORD.matcher(quoted.group(1)).find());
  }

  private void read(TableName table, Tree from) {
    if (from.folded) {
      String what = from.through + ", which is declared immutable and reads " + table;
      unsteady.add(new Unsteady(what, false));
    } else {
      reads.add(new Read(table, from.through));
    }
  }

  private void judge(CatalogFacts.Function function, Tree from) {
    String caller = from.through == null ? "" : " in " + from.through;
    String body = function.body();
    if (function.volatility() != 'v' && !function.builtIn() && body != null) {
      String through = from.through == null ? function.signature() : from.through;
      trees.add(new Tree(body, through, from.folded || function.volatility() == 'i'));
    } else if (!isSteady(function)) {
      boolean stable = function.volatility() == 's' && !from.folded;
      unsteady.add(new Unsteady(function.signature() + caller, stable));
    }
  }

  private static boolean isSteady(CatalogFacts.Function function) {
    return switch (function.volatility()) {
      case 'i' -> true;
      case 's' ->
          function.builtIn() && PinnedFunctions.contains(function.name(), function.signature());
      default -> false;
    };
  }

  /** What pg_depend says of columns: the tables of users are all there. */
  private Map<TableName, Set<String>> used(long view) throws SQLException {
    Map<TableName, Set<String>> used = new LinkedHashMap<>();
    facts.used(
        view,
        row -> {
          TableName table = new TableName(row.getString(1), row.getString(2));
          Set<String> columns = used.computeIfAbsent(table, name -> new TreeSet<>());
          String column = row.getString(3);
          if (column != null) {
            columns.add(column);
          }
        });
    return used;
  }
}

package dev.forebay.api.touch;

import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Table;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import dev.forebay.model.Verb;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How the documents that writes touch are found. Immutable and safe for any thread. */
public final class Touches {

  /** Undoes the settings of the end, and whatever failed there. */
  static final String GO_BACK = "rollback to savepoint forebay_touch";

  private static final String MAY_LOCK =
      "select has_any_column_privilege(to_regclass(?)::oid, 'update'), quote_ident(current_user)";

  private final ReadModels models;
  private final Instance instance;
  private final List<TableName> tables;
  private final Map<TableName, ImageReader> readers;
  private final List<Reference> references;
  private final String count;
  private final String end;

  private Touches(
      ReadModels models,
      Instance instance,
      Map<TableName, ImageReader> readers,
      List<Reference> references,
      Duration mostTime) {
    this.models = models;
    this.instance = instance;
    this.tables = List.copyOf(models.tables());
    this.readers = Map.copyOf(readers);
    this.references = List.copyOf(references);
    this.count = Counts.sql(tables);
    this.end = end(instance, mostTime) + count;
  }

  /**
   * Reads what has to be known of the tables.
   *
   * @param dataSource of the API's own role, which reads every row that matters
   * @param resources whose rows may be written
   * @param mostTime that looking for documents may take, statement by statement; beyond it the
   *     models count as touched wholly
   * @throws InvalidSetupException if the role cannot lock rows that resources change
   */
  public static Touches read(
      DataSource dataSource,
      ReadModels models,
      List<ResourceTable> resources,
      Instance instance,
      Duration mostTime)
      throws SQLException {
    List<Reference> references;
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local search_path = pg_catalog");
        checkLocks(connection, models, resources);
        SortedSet<TableName> read = models.tables();
        references =
            Reference.all(connection).stream()
                .filter(one -> read.contains(one.from()) && read.contains(one.to()))
                .toList();
      } finally {
        connection.rollback();
      }
    }
    Map<TableName, ImageReader> readers = new HashMap<>();
    CatalogReader catalog = new CatalogReader(dataSource);
    for (TableName name : models.tables()) {
      Table table = catalog.find(name).orElse(null);
      if (table != null) {
        readers.put(name, new ImageReader(name, columns(models, table, references)));
      }
    }
    return new Touches(models, instance, readers, references, mostTime);
  }

  /** Those that lead to documents, and those that others refer to. */
  private static SortedSet<String> columns(
      ReadModels models, Table table, List<Reference> references) {
    Map<String, @Nullable String> all = new HashMap<>();
    table.columns().values().stream().map(Column::name).forEach(name -> all.put(name, ""));
    Map<String, @Nullable String> leading =
        models.trim(new RowChange(table.name(), all, null)).before();
    SortedSet<String> columns = new TreeSet<>(leading == null ? Set.of() : leading.keySet());
    references.stream()
        .filter(one -> one.to().equals(table.name()))
        .forEach(one -> columns.addAll(one.toColumns()));
    return columns;
  }

  private static void checkLocks(
      Connection connection, ReadModels models, List<ResourceTable> resources) throws SQLException {
    List<Problem> problems = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(MAY_LOCK)) {
      for (ResourceTable resource : resources) {
        if (!models.tables().contains(resource.name()) || onlyGrows(resource)) {
          continue;
        }
        statement.setString(1, resource.name().sql());
        try (ResultSet row = statement.executeQuery()) {
          if (row.next() && !row.getBoolean(1)) {
            problems.add(problem(resource, row.getString(2)));
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
  }

  private static boolean onlyGrows(ResourceTable resource) {
    return resource.resource().rolesFor(Verb.UPDATE).isEmpty()
        && resource.resource().rolesFor(Verb.DELETE).isEmpty();
  }

  private static Problem problem(ResourceTable resource, String role) {
    String key = TableName.quote(resource.key().getFirst().name());
    return new Problem(
        "resource " + resource.resource().name(),
        "rows of " + resource.name() + " cannot be locked by role " + role + ".",
        "Tokens name what a row was before its change: GRANT UPDATE (%s) ON %s TO %s;"
            .formatted(key, resource.name().sql(), role));
  }

  /**
   * What is deferred runs before it is counted. Then the settings of a snapshot session, in which
   * the routing statements are known to find every row, until all that is rolled back to the
   * savepoint; a fault in them must not end the write.
   */
  private static String end(Instance instance, Duration mostTime) {
    return """
    set constraints all immediate;
    savepoint forebay_touch;
    select pg_current_xact_id()::text, id, current_setting('track_counts')::boolean,
      set_config('search_path', 'pg_catalog', true), set_config('jit', 'off', true),
      set_config('row_security', 'off', true), set_config('statement_timeout', '%d', true) from %s;
    """
        .formatted(mostTime.toMillis(), new TableName(instance.databaseName(), "history").sql());
  }

  /**
   * Begins to watch a transaction.
   *
   * @param connection in a transaction that has changed nothing
   * @param blind whether to look at no rows: everything that reads a changed table is touched. For
   *     another attempt after a {@link TouchFailedException}
   */
  public Touch begin(Connection connection, boolean blind) throws SQLException {
    return new RowTouch(this, connection, blind);
  }

  ReadModels models() {
    return models;
  }

  String keyPrefix() {
    return instance.keyPrefix();
  }

  List<TableName> tables() {
    return tables;
  }

  @Nullable ImageReader reader(TableName table) {
    return readers.get(table);
  }

  List<Reference> referencesTo(TableName table) {
    return references.stream().filter(one -> one.to().equals(table)).toList();
  }

  String countSql() {
    return count;
  }

  String endSql() {
    return end;
  }
}

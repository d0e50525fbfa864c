package dev.forebay.api.touch.image;

import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Table;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How rows of the tables that models read are looked at. Immutable and safe for any thread. */
public final class TableImages {

  private final Map<TableName, ImageReader> readers;
  private final List<Reference> references;

  private TableImages(Map<TableName, ImageReader> readers, List<Reference> references) {
    this.readers = Map.copyOf(readers);
    this.references = List.copyOf(references);
  }

  /** Reads what has to be known of the tables. */
  public static TableImages read(DataSource dataSource, ReadModels models) throws SQLException {
    SortedSet<TableName> tables = models.tables();
    List<Reference> references;
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local search_path = pg_catalog");
        references =
            Reference.all(connection).stream()
                .filter(one -> tables.contains(one.from()) && tables.contains(one.to()))
                .toList();
      } finally {
        connection.rollback();
      }
    }
    Map<TableName, ImageReader> readers = new HashMap<>();
    CatalogReader catalog = new CatalogReader(dataSource);
    for (TableName name : tables) {
      Table table = catalog.find(name).orElse(null);
      if (table != null) {
        readers.put(name, new ImageReader(name, columns(models, table, references)));
      }
    }
    return new TableImages(readers, references);
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

  /** Reads rows of a table; null if no model reads it. */
  public @Nullable ImageReader reader(TableName table) {
    return readers.get(table);
  }

  List<Reference> referencesTo(TableName table) {
    return references.stream().filter(one -> one.to().equals(table)).toList();
  }
}

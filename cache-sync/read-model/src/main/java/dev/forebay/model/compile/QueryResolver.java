package dev.forebay.model.compile;

import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.closed.Dependencies;
import dev.forebay.model.file.ForebayFile.Dependency;
import dev.forebay.model.file.ForebayFile.ModelEntry;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.tree.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks SQL that the user wrote by hand, and what it is declared to depend on. */
final class QueryResolver {

  private final RelationResolver relations;
  private final Probe probe;
  private final IdentityCheck identities;
  private final Problems problems;

  QueryResolver(
      RelationResolver relations, Probe probe, IdentityCheck identities, Problems problems) {
    this.relations = relations;
    this.probe = probe;
    this.identities = identities;
    this.problems = problems;
  }

  /** Returns the query; null, with a problem, if anything in it is unclear. */
  @Nullable Query resolve(ModelEntry model, dev.forebay.model.file.ForebayFile.Query declared)
      throws SQLException {
    Location at = declared.sql().at();
    Expression sql = Expression.parseQuery(declared.sql(), "'sql'", problems);
    Dependencies found = sql == null ? null : probe.dependencies(at, "'sql'", sql.sql());
    Map<String, Column> columns = found == null ? null : columns(found, at, model);
    List<Query.Source> sources = new ArrayList<>();
    Set<TableName> tables = new HashSet<>();
    int before = problems.count();
    for (Dependency dependency : declared.dependsOn()) {
      Table table = relations.table(dependency.table());
      if (table != null) {
        tables.add(table.name());
        Query.Source source = source(dependency, table, model, columns);
        if (source != null) {
          sources.add(source);
        }
      }
    }
    if (sql == null || found == null) {
      return null;
    }
    probe.isSteady(at, "'sql'", found);
    probe.isCovered(at, "'sql'", found, tables, tables, "Name the table in 'depends_on'.");
    return columns == null || problems.count() > before
        ? null
        : new Query(
            model.name().value(), model.key(), model.cadence(), sql.sql(), columns, sources);
  }

  private @Nullable Map<String, Column> columns(Dependencies found, Location at, ModelEntry model) {
    Map<String, Column> columns = new LinkedHashMap<>();
    found
        .columns()
        .forEach((name, type) -> columns.put(name, Column.ofResult(name, relations.type(type))));
    boolean complete = hasKey(columns, "'sql'", at, model);
    Column document = columns.get(Query.DOCUMENT);
    if (document == null || !List.of("json", "jsonb").contains(document.type().base())) {
      problems.add(
          at,
          document == null
              ? "The result of 'sql' has no column 'document'."
              : "The column 'document' of 'sql' is " + document.type().sql() + ", not jsonb.",
          "Select, for example, jsonb_build_object('id', id) as document.");
      return null;
    }
    return complete ? columns : null;
  }

  private boolean hasKey(Map<String, Column> columns, String what, Location at, ModelEntry model) {
    boolean complete = true;
    for (String key : model.key().columns()) {
      if (!columns.containsKey(key)) {
        complete = false;
        problems.add(
            at,
            "The result of " + what + " has no column '" + key + "', which the key names.",
            "Its columns: " + String.join(", ", columns.keySet()) + ".");
      }
    }
    return complete;
  }

  private Query.@Nullable Source source(
      Dependency dependency, Table table, ModelEntry model, @Nullable Map<String, Column> columns)
      throws SQLException {
    Text keys = dependency.keys();
    Location at = dependency.table().at();
    if (keys == null) {
      identities.add(table, List.of(), at);
      return new Query.Source(table, null, List.of());
    }
    String what = "'keys' of '" + dependency.table().value() + "'";
    Expression sql = Expression.parseQuery(keys, what, problems);
    Dependencies found = sql == null ? null : probe.dependencies(keys.at(), what, sql.sql(), table);
    if (sql == null || found == null) {
      return null;
    }
    probe.isSteady(keys.at(), what, found);
    checkKeys(found, what, keys.at(), model, columns);
    List<String> used = used(found, table);
    identities.add(table, used, at);
    return new Query.Source(table, sql.sql(), used);
  }

  /** A key is its text, so another type might spell it otherwise. */
  private void checkKeys(
      Dependencies found,
      String what,
      Location at,
      ModelEntry model,
      @Nullable Map<String, Column> columns) {
    Map<String, Column> own = new LinkedHashMap<>();
    found
        .columns()
        .forEach((name, type) -> own.put(name, Column.ofResult(name, relations.type(type))));
    if (!hasKey(own, what, at, model) || columns == null) {
      return;
    }
    for (String key : model.key().columns()) {
      ColumnType type = Objects.requireNonNull(own.get(key)).type();
      ColumnType expected = Objects.requireNonNull(columns.get(key)).type();
      if (!type.equals(expected)) {
        problems.add(
            at,
            "The column '" + key + "' of " + what + " is " + type.sql() + ".",
            "Cast it to " + expected.sql() + ", as in 'sql'.");
      }
    }
  }

  private static List<String> used(Dependencies found, Table table) {
    if (found.wholeRows()) {
      return List.copyOf(table.columns().keySet());
    }
    return found.used().entrySet().stream()
        .filter(entry ->
            entry.getKey().schema().startsWith("pg_temp")
                && entry.getKey().name().equals(Query.CHANGED))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }
}

package dev.forebay.model.compile;

import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.ForeignKey;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile.On;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.tree.Occurrence.Link;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the table that a name means and the columns that link it to the table around it. */
final class RelationResolver {

  private final Catalog catalog;
  private final Probe probe;
  private final Problems problems;

  RelationResolver(Catalog catalog, Probe probe, Problems problems) {
    this.catalog = catalog;
    this.probe = probe;
    this.problems = problems;
  }

  /** A table whose changes the log tells; null, with a problem, if there is none of this name. */
  @Nullable Table table(Text name) {
    Table table = catalog.find(name.value()).orElse(null);
    if (table == null) {
      problems.addUnknown(name, "The table", catalog.names());
      return null;
    }
    if (!table.logged()) {
      problems.add(
          name.at(),
          "'" + name.value() + "' is " + table.kind() + ", which is not supported yet.",
          catalog
              .rootOf(table.name())
              .map(root -> "Name the partitioned table: " + root + ".")
              .orElse("Name an ordinary table."));
      return null;
    }
    if (table.primaryKey().isEmpty()) {
      problems.add(
          name.at(),
          "The table '" + name.value() + "' has no primary key.",
          "Add one: ALTER TABLE " + table.name().sql() + " ADD PRIMARY KEY (…);");
      return null;
    }
    return table;
  }

  /** Returns a type by its identifier. */
  ColumnType type(long oid) {
    return catalog.type(oid);
  }

  /** Whether the table has the column; a problem if not. */
  boolean hasColumn(Table table, Text column) {
    boolean has = table.columns().containsKey(column.value());
    if (!has) {
      String of = "The column of " + table.name();
      problems.addUnknown(column, of, table.columns().keySet());
    }
    return has;
  }

  /** How {@code own} joins {@code outer}; null, with a problem, if that is not clear. */
  @Nullable List<Link> link(Text from, Table own, Table outer, @Nullable On on)
      throws SQLException {
    if (on != null) {
      return declared(own, outer, on);
    }
    List<List<Link>> candidates = candidates(own, outer);
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    if (candidates.isEmpty()) {
      problems.add(
          from.at(),
          "No foreign key links " + own.name() + " and " + outer.name() + ".",
          "Say on: { column of " + own.name() + ": column of " + outer.name() + " }.");
    } else {
      problems.add(
          from.at(),
          "More than one foreign key links " + own.name() + " and " + outer.name() + ".",
          "Say which: "
              + candidates.stream().map(RelationResolver::on).collect(Collectors.joining(" or "))
              + ".");
    }
    return null;
  }

  private static String on(List<Link> links) {
    return links.stream()
        .map(link -> link.own() + ": " + link.outer())
        .collect(Collectors.joining(", ", "on: { ", " }"));
  }

  private List<List<Link>> candidates(Table own, Table outer) {
    List<List<Link>> candidates = new ArrayList<>();
    for (ForeignKey key : catalog.foreignKeys(own.name(), outer.name())) {
      candidates.add(links(key.columns(), key.targetColumns()));
    }
    for (ForeignKey key : catalog.foreignKeys(outer.name(), own.name())) {
      candidates.add(links(key.targetColumns(), key.columns()));
    }
    return candidates.stream().distinct().toList();
  }

  private static List<Link> links(List<String> own, List<String> outer) {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      links.add(new Link(own.get(i), outer.get(i)));
    }
    return links;
  }

  /** Whether each row of {@code outer} is sure to have one of {@code own}. */
  boolean isEnforced(Table own, Table outer, List<Link> links) {
    List<String> columns = links.stream().map(Link::outer).toList();
    return columns.stream().allMatch(column -> outer.column(column).notNull())
        && catalog.foreignKeys(outer.name(), own.name()).stream()
            .filter(ForeignKey::enforced)
            .anyMatch(key ->
                Set.copyOf(links(key.targetColumns(), key.columns())).equals(Set.copyOf(links)));
  }

  private @Nullable List<Link> declared(Table own, Table outer, On on) throws SQLException {
    List<Link> links = new ArrayList<>();
    boolean known = true;
    for (Map.Entry<Text, Text> pair : on.pairs().entrySet()) {
      known &= hasColumn(own, pair.getKey());
      known &= hasColumn(outer, pair.getValue());
      links.add(new Link(pair.getKey().value(), pair.getValue().value()));
    }
    return known && !links.isEmpty() && probe.joins(on.at(), own, outer, links) ? links : null;
  }
}

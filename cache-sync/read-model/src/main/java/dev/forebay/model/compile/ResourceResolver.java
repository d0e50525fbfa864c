package dev.forebay.model.compile;

import dev.forebay.model.Resource;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile.ResourceEntry;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks what clients may write. */
final class ResourceResolver {

  private final RelationResolver relations;
  private final Problems problems;

  ResourceResolver(RelationResolver relations, Problems problems) {
    this.relations = relations;
    this.problems = problems;
  }

  List<Resource> resolve(List<ResourceEntry> entries) {
    List<Resource> resources = new ArrayList<>();
    for (ResourceEntry entry : entries) {
      Table table = relations.table(entry.table());
      if (table != null && areColumns(entry, table)) {
        List<String> key =
            entry.key().isEmpty() ? table.primaryKey() : columns(entry.key(), "key", table);
        if (!table.isUnique(key)) {
          problems.add(
              entry.key().getFirst().at(),
              "Two rows of " + table.name() + " can have the same " + String.join(", ", key) + ".",
              "Use columns that a unique index covers, or the primary key.");
        }
        List<String> write = columns(entry.write(), "write", table);
        Set<String> roles = new HashSet<>();
        entry.roles().forEach(role -> roles.add(role.value()));
        resources.add(new Resource(entry.name().value(), table.name(), key, write, roles));
      }
    }
    return resources;
  }

  private boolean areColumns(ResourceEntry entry, Table table) {
    boolean known = true;
    for (Text column : entry.key()) {
      known &= relations.hasColumn(table, column);
    }
    for (Text column : entry.write()) {
      known &= relations.hasColumn(table, column);
      if (table.columns().containsKey(column.value()) && table.column(column.value()).generated()) {
        problems.add(
            column.at(), "'" + column.value() + "' is generated; nobody can write it.", null);
      }
    }
    return known;
  }

  private List<String> columns(List<Text> texts, String word, Table table) {
    Set<String> columns = new HashSet<>();
    for (Text text : texts) {
      if (!columns.add(text.value())) {
        problems.add(
            text.at(),
            "'" + word + "' names " + text.value() + " of " + table.name() + " twice.",
            null);
      }
    }
    return texts.stream().map(Text::value).toList();
  }
}

package dev.forebay.model.compile;

import dev.forebay.model.Resource;
import dev.forebay.model.Verb;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile.ResourceEntry;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
        checkVersion(entry, table);
        resources.add(
            new Resource(
                entry.name().value(),
                table.name(),
                key,
                write,
                roles(entry),
                value(entry.version()),
                entry.ifMatchRequired(),
                value(entry.as())));
      }
    }
    return resources;
  }

  private static Map<Verb, Set<String>> roles(ResourceEntry entry) {
    Map<Verb, Set<String>> roles = new EnumMap<>(Verb.class);
    entry
        .roles()
        .forEach((verb, texts) ->
            roles.put(verb, texts.stream().map(Text::value).collect(Collectors.toSet())));
    return roles;
  }

  private static @Nullable String value(@Nullable Text text) {
    return text == null ? null : text.value();
  }

  /** If clients could set it, an old version could come back. */
  private void checkVersion(ResourceEntry entry, Table table) {
    Text version = entry.version();
    if (version != null
        && entry.write().stream().anyMatch(column -> column.value().equals(version.value()))) {
      problems.add(
          version.at(),
          "'" + version.value() + "' is the version of " + table.name() + ", which nobody sets.",
          "Take it out of 'write'.");
    }
  }

  private boolean areColumns(ResourceEntry entry, Table table) {
    boolean known = true;
    for (Text column : entry.key()) {
      known &= relations.hasColumn(table, column);
    }
    Text version = entry.version();
    if (version != null) {
      known &= relations.hasColumn(table, version);
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

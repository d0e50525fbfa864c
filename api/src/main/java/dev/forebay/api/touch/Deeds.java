package dev.forebay.api.touch;

import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.row.Applied;
import dev.forebay.api.touch.Counts.Count;
import dev.forebay.api.touch.image.Along;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the operations of one transaction did, as far as they know themselves. */
final class Deeds {

  private final Map<TableName, Count> known = new HashMap<>();
  private final Set<TableName> unread = new HashSet<>();
  private final List<RowChange> changes = new ArrayList<>();
  private final Map<ResourceTable, Set<List<String>>> written = new LinkedHashMap<>();

  void add(ResourceTable resource, Before before, Applied applied) {
    TableName table = resource.name();
    Set<List<String>> keys = written.computeIfAbsent(resource, one -> new LinkedHashSet<>());
    switch (applied.outcome()) {
      case CREATED -> {
        know(table, new Count(1, 0, 0, ""));
        keys.add(applied.key());
      }
      case CHANGED -> {
        know(table, new Count(0, 1, 0, ""));
        keys.remove(before.key());
        keys.add(applied.key());
        addBefore(table, before);
      }
      case DELETED -> {
        know(table, new Count(0, 0, 1, ""));
        keys.remove(before.key());
        addBefore(table, before);
      }
      case SAME -> {}
    }
  }

  private void addBefore(TableName table, Before before) {
    if (!before.isKnown()) {
      // Somebody else made the row in between, or row security hides it from this role.
      unread.add(table);
      return;
    }
    changes.add(new RowChange(table, before.row().values(), null));
    for (Along along : before.along()) {
      TableName other = along.before().table();
      know(other, along.after() == null ? new Count(0, 0, 1, "") : new Count(0, 1, 0, ""));
      changes.add(new RowChange(other, along.before().values(), along.after()));
    }
  }

  private void know(TableName table, Count more) {
    known.merge(table, more, Count::plus);
  }

  /** How many rows of a table. */
  Count count(TableName table) {
    return known.getOrDefault(table, Count.NONE);
  }

  /** Whether a row was changed of which it is not known what it was. */
  boolean isUnread(TableName table) {
    return unread.contains(table);
  }

  /** Rows as they were, and those that went along. */
  List<RowChange> changes() {
    return Collections.unmodifiableList(changes);
  }

  /** The keys of rows that are there now. */
  Map<ResourceTable, Set<List<String>>> written() {
    return Collections.unmodifiableMap(written);
  }

  /** How many of a table. */
  int written(TableName table) {
    return written.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(table))
        .mapToInt(entry -> entry.getValue().size())
        .sum();
  }
}

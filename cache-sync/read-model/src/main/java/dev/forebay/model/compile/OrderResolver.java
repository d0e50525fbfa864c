package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.Text;
import dev.forebay.model.sql.LinkSql;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Occurrence;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resolves the order of an array and completes it: equal states must give equal bytes. */
final class OrderResolver {

  /** Before a column of the table between. */
  private static final String THROUGH = "through.";

  private final RelationResolver relations;
  private final Probe probe;

  OrderResolver(RelationResolver relations, Probe probe) {
    this.relations = relations;
    this.probe = probe;
  }

  /**
   * What was declared, then what is left of the primary key; and where a pair can be linked twice,
   * what is left of the primary key of the table between. Null, with a problem, if one is unclear.
   */
  @Nullable List<Member.Order> order(
      List<ForebayFile.Order> declared, Occurrence rows, @Nullable Occurrence through)
      throws SQLException {
    List<Member.Order> order = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    boolean clear = true;
    for (ForebayFile.Order entry : declared) {
      Member.Order one = resolve(entry, rows.table(), through == null ? null : through.table());
      clear &= one != null;
      if (one != null && seen.add(id(one))) {
        order.add(one);
      }
    }
    complete(rows.table().primaryKey(), false, order, seen);
    if (through != null && !isLinkedOnce(rows, through)) {
      complete(through.table().primaryKey(), true, order, seen);
    }
    return clear ? List.copyOf(order) : null;
  }

  private static String id(Member.Order order) {
    return order.ofThrough() + " " + order.column();
  }

  private static void complete(
      List<String> key, boolean ofThrough, List<Member.Order> order, Set<String> seen) {
    for (String column : key) {
      Member.Order one = new Member.Order(ofThrough, column, false, false);
      if (seen.add(id(one))) {
        order.add(one);
      }
    }
  }

  /** Whether the columns that link both sides name at most one row between. */
  private static boolean isLinkedOnce(Occurrence rows, Occurrence through) {
    Set<String> columns = new HashSet<>(through.linkColumns());
    rows.link().forEach(link -> columns.add(link.outer()));
    return through.table().isUnique(columns);
  }

  private Member.@Nullable Order resolve(
      ForebayFile.Order entry, Table table, @Nullable Table through) throws SQLException {
    Text column = entry.column();
    boolean ofThrough =
        through != null
            && !table.columns().containsKey(column.value())
            && (column.value().startsWith(THROUGH)
                || through.columns().containsKey(column.value()));
    Text name =
        ofThrough && column.value().startsWith(THROUGH)
            ? new Text(column.value().substring(THROUGH.length()), column.at())
            : column;
    Table of = ofThrough && through != null ? through : table;
    if (!relations.hasColumn(of, name)
        || !probe.runs(column.at(), "This order", LinkSql.order(of, name.value()))) {
      return null;
    }
    boolean nullsFirst = entry.nullsFirst() == null ? entry.descending() : entry.nullsFirst();
    return new Member.Order(ofThrough, name.value(), entry.descending(), nullsFirst);
  }
}

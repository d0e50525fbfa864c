package dev.forebay.model.sql;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows of a member as they stand in FROM: {@code f} are its own, {@code l} those between.
 *
 * <p>Scope: the user's SQL stands only in the innermost sub-select over its own table, where no
 * alias of this generator can capture a name.
 */
final class SourceSql {

  private SourceSql() {}

  /** The table, or its rows that pass the user's condition with the columns the user computes. */
  static String of(Rows rows) {
    Table table = rows.occurrence().table();
    if (rows.where() == null && rows.expressions().isEmpty()) {
      return table.name().sql();
    }
    StringBuilder source = new StringBuilder("(select *");
    for (int i = 0; i < rows.expressions().size(); i++) {
      source
          .append(", (")
          .append(rows.expressions().get(i))
          .append(") as ")
          .append(SqlText.name(computed(table, i)));
    }
    source.append(" from ").append(table.name().sql());
    if (rows.where() != null) {
      source.append(" where (").append(rows.where()).append(')');
    }
    return source.append(')').toString();
  }

  /** {@code from … where …} of the rows that belong to the outer row. */
  static String matching(Rows rows, String outer) {
    String from = "from " + of(rows) + " f";
    Rows through = rows.through();
    if (through != null) {
      from += " join " + of(through) + " l on " + SqlText.link(rows.occurrence(), "f", "l");
    }
    return rows.nearest().link().isEmpty()
        ? from
        : from + " where " + SqlText.link(rows.nearest(), through == null ? "f" : "l", outer);
  }

  /** The name of a field's column in the rows of {@link #of}. */
  static String column(Field field, Table table) {
    String column = field.column();
    return column == null ? computed(table, field.expression()) : column;
  }

  private static String computed(Table table, int index) {
    return unused(table, "expression " + index);
  }

  /** A user's column may have any name, this one too. */
  private static String unused(Table table, String name) {
    String unused = name;
    while (table.columns().containsKey(unused)) {
      unused += "_";
    }
    return unused;
  }

  /**
   * Columns of the rows between that an array needs beside its own rows, each under a name that no
   * column of those has.
   */
  static final class Carried {

    private final Table table;
    private final Map<String, String> names = new LinkedHashMap<>();

    /** Finds what the array's fields and its order take from the rows between. */
    Carried(Member.Many many) {
      this.table = many.rows().occurrence().table();
      Rows through = many.rows().through();
      if (through != null) {
        for (Field field : many.link()) {
          add(column(field, through.occurrence().table()));
        }
      }
      many.order().stream().filter(Member.Order::ofThrough).forEach(one -> add(one.column()));
    }

    private void add(String column) {
      names.computeIfAbsent(column, absent -> unused(table, "link " + names.size()));
    }

    /** {@code f.*} and what is carried. */
    String select() {
      return "f.*"
          + names.entrySet().stream()
              .map(one ->
                  ", " + SqlText.column("l", one.getKey()) + " as " + SqlText.name(one.getValue()))
              .collect(Collectors.joining());
    }

    /** A carried column in the rows that {@link #select} makes. */
    String column(String alias, String column) {
      String name = names.get(column);
      if (name == null) {
        throw new IllegalArgumentException("not carried: " + column);
      }
      return SqlText.column(alias, name);
    }

    private static String column(Field field, Table table) {
      return SourceSql.column(field, table);
    }

    /** The order over the rows that {@link #select} makes. */
    String outerOrder(List<Member.Order> order, String alias) {
      return order.stream()
          .map(one ->
              (one.ofThrough() ? column(alias, one.column()) : SqlText.column(alias, one.column()))
                  + direction(one))
          .collect(Collectors.joining(", "));
    }
  }

  /** The order over {@code f} and {@code l} themselves, so that an index can give it. */
  static String innerOrder(List<Member.Order> order) {
    return order.stream()
        .map(one -> SqlText.column(one.ofThrough() ? "l" : "f", one.column()) + direction(one))
        .collect(Collectors.joining(", "));
  }

  private static String direction(Member.Order order) {
    String nulls = order.nullsFirst() ? " nulls first" : " nulls last";
    return (order.descending() ? " desc" : "")
        + (order.nullsFirst() == order.descending() ? "" : nulls);
  }
}

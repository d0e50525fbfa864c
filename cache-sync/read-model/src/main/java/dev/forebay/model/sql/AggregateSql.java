package dev.forebay.model.sql;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Function;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Rows;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The value that a function makes of rows.
 *
 * <p>Equal states give equal bytes: floats are added in the order of the primary key, because their
 * sum depends on it; and where equal values can differ in text ({@code 1.0} and {@code 1.00}, a
 * collation without case) that order also decides which of them is the least or greatest.
 */
public final class AggregateSql {

  /** Types of which equal values have one text, and whose sum has one value. */
  private static final Set<String> ORDERLESS =
      Set.of("int2", "int4", "int8", "oid", "date", "timestamp", "timestamptz", "time", "money");

  private AggregateSql() {}

  /** {@code select … as j} over the rows that belong to the outer row. */
  static String of(Member.Aggregate aggregate, String outer) {
    Rows rows = aggregate.rows();
    String matching = SourceSql.matching(rows, outer);
    Field operand = aggregate.operand();
    ColumnType type = aggregate.type();
    if (operand == null || type == null) {
      return aggregate.function() == Function.COUNT
          ? "select count(*)::text as j " + matching
          : "select exists(select " + matching + ")::text as j";
    }
    String value = call(aggregate.function(), operand, rows.occurrence().table());
    return "select " + JsonSql.value(value, type) + " as j " + matching;
  }

  private static String call(Function function, Field operand, Table table) {
    String column = SqlText.column("f", SourceSql.column(operand, table));
    String base = operand.type().base();
    boolean orderless =
        ORDERLESS.contains(base)
            || (base.equals("numeric") && function != Function.MIN && function != Function.MAX);
    String order =
        table.primaryKey().stream()
            .map(key -> SqlText.column("f", key))
            .collect(Collectors.joining(", "));
    return function.word() + "(" + column + (orderless ? "" : " order by " + order) + ")";
  }

  /** A statement without parameters that reads no row and tells the type of the value. */
  public static String probe(
      Table table, List<String> expressions, Function function, Field operand) {
    Rows rows = new Rows(new Occurrence(0, table, null, List.of()), null, null, expressions);
    return "select pg_typeof("
        + call(function, operand, table)
        + ")::oid from (select * from "
        + SourceSql.of(rows)
        + " s limit 0) f";
  }
}

package dev.forebay.model.compile;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resolves what is said about the rows of one table: fields, condition, order. */
final class ColumnResolver {

  private final RelationResolver relations;
  private final Probe probe;
  private final Problems problems;

  ColumnResolver(RelationResolver relations, Probe probe, Problems problems) {
    this.relations = relations;
    this.probe = probe;
    this.problems = problems;
  }

  /** A condition that is valid; null SQL if there is none. */
  record Where(@Nullable String sql) {}

  /** One field; an expression is added to {@code expressions}. Null, with a problem, if unclear. */
  @Nullable Field field(ForebayFile.FieldEntry entry, Table table, List<String> expressions)
      throws SQLException {
    Text source = entry.source();
    String name = entry.name().value();
    boolean word = entry.name().equals(source) || source.value().matches("[A-Za-z_]\\w*");
    if (word || table.columns().containsKey(source.value())) {
      return relations.hasColumn(table, source)
          ? new Field(name, source.value(), -1, table.column(source.value()).type())
          : null;
    }
    String what = "The expression of '" + name + "'";
    Expression expression = Expression.parse(source, what, problems);
    ColumnType type = expression == null ? null : probe.typeOf(source, expression, table, what);
    if (expression == null || type == null) {
      return null;
    }
    expressions.add(expression.sql());
    return new Field(name, null, expressions.size() - 1, type);
  }

  /** The condition; null, with a problem, if it is none. */
  @Nullable Where where(@Nullable Text where, Table table) throws SQLException {
    if (where == null) {
      return new Where(null);
    }
    Expression expression = Expression.parse(where, "'where'", problems);
    ColumnType type = expression == null ? null : probe.typeOf(where, expression, table, "'where'");
    if (expression == null || type == null) {
      return null;
    }
    if (!type.base().equals("bool")) {
      problems.add(
          where.line(), "'where' is " + type.sql() + ", not boolean.", "Write a condition.");
      return null;
    }
    return new Where(expression.sql());
  }

  /** What was declared, then what is left of the primary key: equal states give equal bytes. */
  List<Member.Order> order(List<ForebayFile.Order> declared, Table table) {
    Map<String, Member.Order> order = new LinkedHashMap<>();
    for (ForebayFile.Order entry : declared) {
      String column = entry.column().value();
      if (relations.hasColumn(table, entry.column())) {
        order.putIfAbsent(column, new Member.Order(column, entry.descending()));
      }
    }
    table
        .primaryKey()
        .forEach(column -> order.putIfAbsent(column, new Member.Order(column, false)));
    return List.copyOf(order.values());
  }
}

package dev.forebay.model.compile;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.sql.AggregateSql;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Function;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Resolves what is said about the rows of one table: fields, condition, operand. */
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

  /** Fields of one row and the expressions some of them name. */
  record Fields(List<Field> fields, List<String> expressions) {}

  /** The fields that are clear; fewer, with problems, than there were entries if some are not. */
  Fields fields(List<ForebayFile.FieldEntry> entries, Table table) throws SQLException {
    List<Field> fields = new ArrayList<>();
    List<String> expressions = new ArrayList<>();
    for (ForebayFile.FieldEntry entry : entries) {
      Field field = field(entry.name(), entry.source(), table, expressions);
      if (field != null) {
        fields.add(field);
      }
    }
    return new Fields(fields, expressions);
  }

  /** One field; an expression is added to {@code expressions}. Null, with a problem, if unclear. */
  private @Nullable Field field(Text name, Text source, Table table, List<String> expressions)
      throws SQLException {
    boolean word = name.equals(source) || source.value().matches("[A-Za-z_]\\w*");
    if (word || table.columns().containsKey(source.value())) {
      return relations.hasColumn(table, source)
          ? new Field(name.value(), source.value(), -1, table.column(source.value()).type())
          : null;
    }
    String what = "The expression of '" + name.value() + "'";
    Expression expression = Expression.parse(source, what, problems);
    ColumnType type = expression == null ? null : probe.typeOf(source, expression, table, what);
    if (expression == null || type == null) {
      return null;
    }
    expressions.add(expression.sql());
    return new Field(name.value(), null, expressions.size() - 1, type);
  }

  /** What an aggregate takes from each row, and what it gives; nothing if it only looks at rows. */
  record Operand(@Nullable Field field, List<String> expressions, @Nullable ColumnType type) {}

  /** The operand of a function; null, with a problem, if PostgreSQL has no such function. */
  @Nullable Operand operand(ForebayFile.Aggregate entry, Table table) throws SQLException {
    Function function = entry.function();
    Text source = entry.operand();
    if (source == null) {
      return new Operand(null, List.of(), null);
    }
    List<String> expressions = new ArrayList<>();
    Field field = field(entry.name(), source, table, expressions);
    if (field == null) {
      return null;
    }
    String what = "'" + function.word() + "' of '" + entry.name().value() + "'";
    ColumnType type =
        probe.typeOf(source.at(), what, AggregateSql.probe(table, expressions, function, field));
    return type == null ? null : new Operand(field, expressions, type);
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
      problems.add(where.at(), "'where' is " + type.sql() + ", not boolean.", "Write a condition.");
      return null;
    }
    return new Where(expression.sql());
  }
}

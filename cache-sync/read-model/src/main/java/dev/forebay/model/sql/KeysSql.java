package dev.forebay.model.sql;

import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The statements that list keys page by page, in the order of the key columns' types. A row of the
 * result: the key as text. The last parameter is the number of rows.
 */
public final class KeysSql {

  private final String source;
  private final Map<String, Column> types;
  private final List<String> columns;

  /**
   * @param tree no singleton
   */
  public KeysSql(Tree tree) {
    this(
        SourceSql.of(Objects.requireNonNull(tree.root())),
        tree.root().occurrence().table().columns(),
        tree.key().columns());
  }

  KeysSql(String source, Map<String, Column> types, List<String> columns) {
    this.source = source;
    this.types = types;
    this.columns = columns;
  }

  private Column column(int i) {
    return Objects.requireNonNull(types.get(columns.get(i)));
  }

  /** Returns the statement of the first page; its only parameter is the number of rows. */
  public String first() {
    return page("");
  }

  /** Returns the statement of a later page; parameters: one text array of the last key, length. */
  public String after() {
    // The first column alone bounds the index scan; the rest decides among its equals.
    return page(" and " + compare(0, ">=") + " and " + following(0));
  }

  private String following(int i) {
    return i == columns.size() - 1
        ? compare(i, ">")
        : "(" + compare(i, ">") + " or (" + compare(i, "=") + " and " + following(i + 1) + "))";
  }

  private String compare(int i, String operator) {
    ColumnType type = column(i).type();
    return SqlText.compare(SqlText.column("t", columns.get(i)), operator, "k.c" + i, type);
  }

  /**
   * Returns the statement that lists the keys of the rows a condition holds for; it has no
   * parameter.
   *
   * @param condition over the columns of the source; in parentheses of its own, on lines of its own
   */
  public String where(String condition) {
    return "select "
        + SqlText.keyText(columns, "t")
        + "\nfrom "
        + source
        + " t\nwhere "
        + known()
        + " and (\n"
        + condition
        + "\n)";
  }

  /** Returns the statement that counts the keys; it has no parameter. */
  public String count() {
    return "select count(*)\nfrom " + source + " t\nwhere " + known();
  }

  private String known() {
    return columns.stream()
        .map(column -> SqlText.column("t", column) + " is not null")
        .collect(Collectors.joining(" and "));
  }

  private String page(String after) {
    String order =
        columns.stream()
            .map(column -> SqlText.column("t", column))
            .collect(Collectors.joining(", "));
    return "select "
        + SqlText.keyText(columns, "t")
        + "\nfrom "
        + (after.isEmpty() ? "" : last() + " cross join ")
        + source
        + " t\nwhere "
        + known()
        + after
        + "\norder by "
        + order
        + "\nlimit ?";
  }

  private String last() {
    StringBuilder last = new StringBuilder("(select ");
    for (int i = 0; i < columns.size(); i++) {
      last.append(i == 0 ? "" : ", ")
          .append(SqlText.cast("a.k[" + (i + 1) + "]", column(i)))
          .append(" as c")
          .append(i);
    }
    return last.append(" from (select ?::text[] as k) a) k").toString();
  }
}

package dev.forebay.model.sql;

import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * The statement that builds documents. Parameters: one text array per key column; a row of the
 * result: the position of a key in the arrays, from 1, and its document. Keys without a document
 * have no row. For a singleton: no parameters, position 1.
 *
 * <p>Shape: each member from other rows is one lateral sub-select, so that the rows of one document
 * are found by index and cut by their limit before anything is made of them.
 *
 * <p>Identity: a key is its text. A row found by the equality of its type (citext, numeric 1.0 and
 * 1.00) owns the key only if its text is the same, else one row would be published under two keys.
 */
public final class BuildSql {

  private int aliases;

  private BuildSql() {}

  /** Returns the statement. */
  public static String of(Tree tree) {
    return new BuildSql().write(tree);
  }

  private String write(Tree tree) {
    StringBuilder joins = new StringBuilder();
    Rows root = tree.root();
    if (root == null) {
      String document = JsonSql.object(members(tree.body(), joins, ""));
      return "select 1::bigint, " + document + "\nfrom (values (1)) one" + joins;
    }
    String row = nextAlias();
    String document = object(tree.body(), row, root, joins);
    List<Column> key =
        tree.key().columns().stream().map(root.occurrence().table()::column).toList();
    return "select k.n, "
        + document
        + "\nfrom "
        + KeyParameters.rows(key)
        + "\njoin "
        + SourceSql.of(root)
        + " "
        + row
        + " on "
        + KeyParameters.match(key, row)
        + joins;
  }

  private String nextAlias() {
    return "t" + aliases++;
  }

  /** The object of a row; what its members need is appended to {@code joins}. */
  private String object(Member.Body body, String row, Rows rows, StringBuilder joins) {
    return JsonSql.object(objectMembers(body, row, rows, joins));
  }

  private SortedMap<String, String> objectMembers(
      Member.Body body, String row, Rows rows, StringBuilder joins) {
    SortedMap<String, String> members = JsonSql.members();
    for (Field field : body.fields()) {
      String column = SourceSql.column(field, rows.occurrence().table());
      members.put(field.name(), JsonSql.value(SqlText.column(row, column), field.type()));
    }
    members.putAll(members(body, joins, row));
    return members;
  }

  private SortedMap<String, String> members(Member.Body body, StringBuilder joins, String row) {
    SortedMap<String, String> members = JsonSql.members();
    for (Member member : body.members()) {
      String value = join(member, row, joins) + ".j";
      members.put(member.name(), member instanceof Member.One ? JsonSql.orNull(value) : value);
    }
    return members;
  }

  private String join(Member member, String row, StringBuilder joins) {
    String alias = nextAlias();
    boolean one = member instanceof Member.One;
    joins
        .append(one ? "\nleft join lateral (" : "\ncross join lateral (")
        .append(
            switch (member) {
              case Member.One nested -> one(nested, row);
              case Member.Many nested -> many(nested, row);
              case Member.Aggregate aggregate -> AggregateSql.of(aggregate, row);
            })
        .append(") ")
        .append(alias)
        .append(one ? " on true" : "");
    return alias;
  }

  private String one(Member.One nested, String outer) {
    String row = nextAlias();
    StringBuilder joins = new StringBuilder();
    String object = object(nested.body(), row, nested.rows(), joins);
    return "select %s as j\nfrom (select f.* %s) %s%s"
        .formatted(object, SourceSql.matching(nested.rows(), outer), row, joins);
  }

  private String many(Member.Many nested, String outer) {
    String row = nextAlias();
    StringBuilder joins = new StringBuilder();
    SourceSql.Carried carried = new SourceSql.Carried(nested);
    SortedMap<String, String> members = objectMembers(nested.body(), row, nested.rows(), joins);
    Rows through = nested.rows().through();
    for (Field field : nested.link()) {
      Table between = Objects.requireNonNull(through).occurrence().table();
      String column = carried.column(row, SourceSql.column(field, between));
      members.put(field.name(), JsonSql.value(column, field.type()));
    }
    String limit =
        nested.limit() == null
            ? ""
            : " order by " + SourceSql.innerOrder(nested.order()) + " limit " + nested.limit();
    return "select %s as j\nfrom (select %s %s%s) %s%s"
        .formatted(
            JsonSql.array(JsonSql.object(members), carried.outerOrder(nested.order(), row)),
            carried.select(),
            SourceSql.matching(nested.rows(), outer),
            limit,
            row,
            joins);
  }
}

package dev.forebay.api.row;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of one page of a list, with its parameters. After the columns of {@link RowStatements}
 * come the values of the order, for the cursor.
 */
final class ListStatement {

  private final List<String> parameters = new ArrayList<>();
  private final String sql;

  ListStatement(RowStatements rows, Listing listing) {
    List<Order> order = listing.order();
    List<String> conditions = new ArrayList<>();
    for (Filter filter : listing.filters()) {
      conditions.add(filter.sql());
      parameters.addAll(filter.parameters());
    }
    if (listing.after() != null) {
      conditions.add(beyond(order, listing.after().values()));
    }
    this.sql =
        "select "
            + rows.shown(listing.fields())
            + order.stream()
                .map(one -> ", " + RowStatements.text(one.column()))
                .collect(joining(""))
            + " from "
            + rows.table()
            + " w"
            + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
            + " order by "
            + order.stream().map(Order::sql).collect(joining(", "))
            + " limit ?";
  }

  String sql() {
    return sql;
  }

  /** All but the limit, which is the last. */
  List<String> parameters() {
    return parameters;
  }

  private String beyond(List<Order> order, List<@Nullable String> values) {
    boolean alike =
        order.stream().map(Order::descending).distinct().count() == 1
            && order.stream().noneMatch(Order::isNullable);
    return alike ? rowBeyond(order, values) : anyBeyond(order, values);
  }

  /** One comparison of whole rows, which an index over these columns answers. */
  private String rowBeyond(List<Order> order, List<@Nullable String> values) {
    values.forEach(parameters::add);
    String names = order.stream().map(one -> "w." + one.column().sql()).collect(joining(", "));
    String marks =
        order.stream().map(one -> RowStatements.parameter(one.column())).collect(joining(", "));
    String sign = order.getFirst().descending() ? " < " : " > ";
    return "(" + names + ")" + sign + "(" + marks + ")";
  }

  /** Equal in the columns before, beyond in one: for each column, joined by or. */
  private String anyBeyond(List<Order> order, List<@Nullable String> values) {
    List<String> cases = new ArrayList<>();
    for (int last = 0; last < order.size(); last++) {
      List<String> all = new ArrayList<>();
      String beyond = beyond(order.get(last), values.get(last));
      if (beyond == null) {
        continue;
      }
      for (int i = 0; i < last; i++) {
        all.add(equal(order.get(i), values.get(i)));
      }
      all.add(beyond);
      if (values.get(last) != null) {
        parameters.add(values.get(last));
      }
      cases.add(String.join(" and ", all));
    }
    return cases.isEmpty() ? "false" : "(" + String.join(" or ", cases) + ")";
  }

  private String equal(Order order, @Nullable String value) {
    if (value == null) {
      return "w." + order.column().sql() + " is null";
    }
    parameters.add(value);
    return "w." + order.column().sql() + " = " + RowStatements.parameter(order.column());
  }

  /** Null if no value is beyond. The parameter, if there is one, is the value. */
  private static @Nullable String beyond(Order order, @Nullable String value) {
    String name = "w." + order.column().sql();
    String mark = RowStatements.parameter(order.column());
    if (value == null) {
      return order.descending() ? name + " is not null" : null;
    }
    if (order.descending()) {
      return name + " < " + mark;
    }
    return order.isNullable()
        ? "(" + name + " > " + mark + " or " + name + " is null)"
        : name + " > " + mark;
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joining(String separator) {
    return Collectors.joining(separator);
  }
}

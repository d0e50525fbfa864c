package dev.forebay.api.route;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Kind;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.row.Comparison;
import dev.forebay.api.row.Cursor;
import dev.forebay.api.row.Filter;
import dev.forebay.api.row.Listing;
import dev.forebay.api.row.Order;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of lists: {@code limit}, {@code after}, {@code order=-a,b}, {@code fields=a,b},
 * and filters: {@code column=value} and {@code column.gte=value}. One that is not known is refused:
 * a filter that is spelled wrong must not show everything. Safe for any thread.
 */
final class ListParameters {

  /** Rows of a page, at most and if nobody asks for fewer. */
  static final int MAX_PAGE = 100;

  /** Filters of a list, and values of one of them. */
  static final int MAX_FILTERS = 16;

  static final int MAX_VALUES = 100;

  private static final String LIMIT = "limit";
  private static final String AFTER = "after";
  private static final String ORDER = "order";
  private static final String FIELDS = "fields";
  private static final Set<String> RESERVED = Set.of(LIMIT, AFTER, ORDER, FIELDS);

  private final ResourceTable table;

  ListParameters(ResourceTable table) {
    this.table = table;
  }

  /**
   * Reads them all.
   *
   * @throws ApiProblem if one is wrong or unknown
   */
  Listing listing(Context context) {
    List<Order> order = order(once(context, ORDER));
    return new Listing(
        shown(once(context, FIELDS)),
        filters(context),
        order,
        after(once(context, AFTER), order),
        limit(once(context, LIMIT)));
  }

  /** Reads the parameters for one row: {@code fields}, and no others. */
  List<Column> fields(Context context) {
    for (String name : context.queryParamMap().keySet()) {
      if (!name.equals(FIELDS)) {
        throw unknown(name);
      }
    }
    return shown(once(context, FIELDS));
  }

  /** The URL of the page that begins at a cursor, with everything else as in this request. */
  String next(Context context, Cursor cursor) {
    String parameters =
        context.queryParamMap().entrySet().stream()
            .filter(one -> !one.getKey().equals(AFTER))
            .flatMap(one -> one.getValue().stream().map(value -> pair(one.getKey(), value)))
            .collect(Collectors.joining("&"));
    return RowUri.ROOT
        + table.resource().name()
        + "?"
        + (parameters.isEmpty() ? "" : parameters + "&")
        + pair(AFTER, cursor.word());
  }

  private static String pair(String name, String value) {
    return RowUri.encode(name) + "=" + RowUri.encode(value);
  }

  private static int limit(@Nullable String limit) {
    if (limit == null) {
      return MAX_PAGE;
    }
    if (!limit.matches("[1-9]\\d{0,2}") || Integer.parseInt(limit) > MAX_PAGE) {
      throw malformed("The parameter limit must be a number from 1 to " + MAX_PAGE + ".");
    }
    return Integer.parseInt(limit);
  }

  private List<Column> shown(@Nullable String fields) {
    if (fields == null) {
      return List.copyOf(table.visible().values());
    }
    Set<Column> shown = new LinkedHashSet<>();
    for (String name : fields.split(",", -1)) {
      shown.add(column(name, FIELDS));
    }
    return List.copyOf(shown);
  }

  private List<Order> order(@Nullable String words) {
    List<Order> order = new ArrayList<>();
    Set<Column> named = new LinkedHashSet<>();
    for (String word : words == null ? new String[0] : words.split(",", -1)) {
      boolean descending = word.startsWith("-");
      Column column = column(descending ? word.substring(1) : word, ORDER);
      if (!isComparable(column)) {
        throw malformed("Rows cannot be ordered by " + column.name() + ".");
      }
      if (named.add(column)) {
        order.add(new Order(column, descending));
      }
    }
    for (Column column : table.key()) {
      if (named.add(column)) {
        order.add(new Order(column, false));
      }
    }
    return order;
  }

  private static @Nullable Cursor after(@Nullable String word, List<Order> order) {
    if (word == null) {
      return null;
    }
    Optional<Cursor> cursor = Cursor.read(word);
    if (cursor.isEmpty() || !fits(cursor.get().values(), order)) {
      throw malformed("The parameter after must be the one of a Link, with the same order.");
    }
    return cursor.get();
  }

  private static boolean fits(List<@Nullable String> values, List<Order> order) {
    boolean fits = values.size() == order.size();
    for (int i = 0; fits && i < values.size(); i++) {
      String value = values.get(i);
      Column column = order.get(i).column();
      fits = value == null ? !column.notNull() : ResourceTable.value(column, value).isPresent();
    }
    return fits;
  }

  private List<Filter> filters(Context context) {
    List<Filter> filters = new ArrayList<>();
    for (Map.Entry<String, List<String>> parameter : context.queryParamMap().entrySet()) {
      if (!RESERVED.contains(parameter.getKey())) {
        for (String value : parameter.getValue()) {
          filters.add(filter(parameter.getKey(), value));
        }
      }
    }
    if (filters.size() > MAX_FILTERS) {
      throw malformed("A list can have at most " + MAX_FILTERS + " filters.");
    }
    return filters;
  }

  private Filter filter(String name, String value) {
    Column plain = table.visible().get(name);
    int dot = name.lastIndexOf('.');
    Column column = plain == null && dot > 0 ? table.visible().get(name.substring(0, dot)) : plain;
    Optional<Comparison> comparison =
        plain == null ? Comparison.find(name.substring(dot + 1)) : Optional.of(Comparison.EQ);
    if (column == null || comparison.isEmpty()) {
      throw unknown(name);
    }
    return filter(name, column, comparison.get(), value);
  }

  private static Filter filter(String name, Column column, Comparison comparison, String value) {
    if (comparison == Comparison.IS) {
      if (!value.equals(Filter.NULL) && !value.equals(Filter.NOT_NULL)) {
        throw malformed("The parameter " + name + " must be null or notnull.");
      }
      return new Filter(column, comparison, List.of(value));
    }
    if (!isComparable(column)) {
      throw malformed(
          "Rows cannot be filtered by " + column.name() + ", only by whether it is null.");
    }
    List<String> values =
        comparison == Comparison.IN ? List.of(value.split(",", -1)) : List.of(value);
    if (values.size() > MAX_VALUES) {
      throw malformed("The parameter " + name + " may have at most " + MAX_VALUES + " values.");
    }
    List<String> read = new ArrayList<>();
    for (String one : values) {
      read.add(
          ResourceTable.value(column, one)
              .orElseThrow(() ->
                  malformed(
                      "The parameter " + name + " has a value that its column cannot have.")));
    }
    return new Filter(column, comparison, read);
  }

  /** Types that PostgreSQL and the client order alike. */
  private static boolean isComparable(Column column) {
    Kind kind = column.type().kind();
    return kind != Kind.JSON && kind != Kind.ARRAY && kind != Kind.OTHER;
  }

  private Column column(String name, String parameter) {
    Column column = table.visible().get(name);
    if (column == null) {
      throw malformed(
          "The parameter "
              + parameter
              + " must name columns of the resource, with commas between.");
    }
    return column;
  }

  private static @Nullable String once(Context context, String name) {
    List<String> values = context.queryParams(name);
    if (values.size() > 1) {
      throw malformed("The parameter " + name + " may be given once.");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /** The name is the client's own; a long one is of no use to anybody. */
  private static ApiProblem unknown(String name) {
    String shown = name.length() <= 60 ? name : name.substring(0, 60) + "…";
    return malformed("The parameter " + shown + " is not known here.");
  }

  private static ApiProblem malformed(String detail) {
    return ApiProblem.of(ProblemType.MALFORMED_REQUEST, detail);
  }
}

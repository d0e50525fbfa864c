package dev.forebay.model.compile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.model.TableName;
import dev.forebay.model.compile.RandomSpec.Body;
import dev.forebay.model.compile.RandomSpec.Case;
import dev.forebay.model.compile.RandomSpec.Condition;
import dev.forebay.model.compile.RandomSpec.Include;
import dev.forebay.model.compile.RandomSpec.Link;
import dev.forebay.model.compile.RandomSpec.Model;
import dev.forebay.model.compile.RandomSpec.Order;
import dev.forebay.model.compile.RandomSpec.Tab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Documents made in memory from whole tables, by loops: nothing of the product's SQL is in it. */
final class NaiveDocuments {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private record Row(Map<String, @Nullable Object> values) {
    @Nullable Object get(String column) {
      return values.get(column);
    }
  }

  /** A row and the one between it and the enclosing row. */
  private record Matched(Row row, @Nullable Row link) {
    @Nullable Object get(Order order) {
      return (order.ofThrough() ? Objects.requireNonNull(link) : row).get(order.column());
    }
  }

  private final Map<TableName, List<Row>> rows = new HashMap<>();

  /** Reads all tables as the connection sees them. */
  NaiveDocuments(Connection connection, List<Tab> tables) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (Tab table : tables) {
        List<Row> all = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("select * from " + table.name().sql())) {
          while (row.next()) {
            Map<String, @Nullable Object> values = new HashMap<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
              values.put(row.getMetaData().getColumnName(i), row.getObject(i));
            }
            all.add(new Row(values));
          }
        }
        rows.put(table.name(), all);
      }
    }
  }

  /** Gives every document: model, key values, content. */
  void forEach(Case one, DocumentSink sink) {
    for (Model model : one.models()) {
      if (model.root() == null) {
        sink.accept(model.name(), List.of(), object(model.body(), null));
        continue;
      }
      for (Row row : rows(model.root())) {
        if (holds(model.where(), row)) {
          List<String> key = model.key().stream().map(k -> String.valueOf(row.get(k))).toList();
          sink.accept(model.name(), key, object(model.body(), row));
        }
      }
    }
  }

  interface DocumentSink {
    void accept(String model, List<String> key, JsonNode document);
  }

  private List<Row> rows(Tab table) {
    return Objects.requireNonNull(rows.get(table.name()));
  }

  private static boolean holds(@Nullable Condition condition, Row row) {
    return condition == null || condition.holds(row.values);
  }

  private ObjectNode object(Body body, @Nullable Row row) {
    ObjectNode object = JSON.objectNode();
    if (row != null) {
      body.fields().forEach(field -> put(object, field, value(field, row)));
    }
    body.includes().forEach(include -> object.set(include.name(), member(include, row)));
    return object;
  }

  private static @Nullable Object value(String field, Row row) {
    if (!field.equals("e")) {
      return row.get(field);
    }
    Object a = row.get("a");
    Object b = row.get("b");
    return a == null || b == null ? null : (Integer) a + (Integer) b;
  }

  private static void put(ObjectNode object, String name, @Nullable Object value) {
    switch (value) {
      case null -> object.putNull(name);
      case Integer number -> object.put(name, number.doubleValue());
      default -> object.put(name, value.toString());
    }
  }

  private JsonNode member(Include include, @Nullable Row outer) {
    List<Matched> matched = matched(include, outer);
    if (include.function() != null) {
      return aggregate(include.function(), matched, include);
    }
    if (include.isOne()) {
      return matched.isEmpty() ? JSON.nullNode() : object(include.body(), matched.getFirst().row);
    }
    ArrayNode array = JSON.arrayNode();
    matched.sort(comparator(include));
    int most = include.limit() == 0 ? matched.size() : Math.min(include.limit(), matched.size());
    for (Matched one : matched.subList(0, most)) {
      ObjectNode object = object(include.body(), one.row);
      if (include.through() != null) {
        Row link = Objects.requireNonNull(one.link);
        include.through().fields().forEach(field -> put(object, "l_" + field, link.get(field)));
      }
      array.add(object);
    }
    return array;
  }

  private List<Matched> matched(Include include, @Nullable Row outer) {
    List<Matched> matched = new ArrayList<>();
    Link through = include.through();
    for (Row row : rows(include.table())) {
      if (!holds(include.where(), row)) {
        continue;
      }
      if (outer == null || through == null) {
        if (outer == null || joins(include.on(), row, outer)) {
          matched.add(new Matched(row, null));
        }
        continue;
      }
      for (Row link : rows(through.table())) {
        if (joins(through.on(), link, outer)
            && holds(through.where(), link)
            && joins(include.on(), row, link)) {
          matched.add(new Matched(row, link));
        }
      }
    }
    return matched;
  }

  private static boolean joins(Map<String, String> on, Row own, Row outer) {
    return on.entrySet().stream()
        .allMatch(pair -> {
          Object value = own.get(pair.getKey());
          return value != null && value.equals(outer.get(pair.getValue()));
        });
  }

  private static Comparator<Matched> comparator(Include include) {
    Comparator<Matched> comparator = (unusedOne, unusedOther) -> 0;
    for (Order order : include.order()) {
      boolean first = order.nullsFirst() == null ? order.descending() : order.nullsFirst();
      comparator =
          comparator.thenComparing(
              one -> one.get(order), (a, b) -> compare(a, b, order.descending(), first));
    }
    for (String column : include.table().primaryKey()) {
      comparator =
          comparator.thenComparing(
              one -> one.row.get(column), (a, b) -> compare(a, b, false, false));
    }
    Link through = include.through();
    for (String column : through == null ? List.<String>of() : through.table().primaryKey()) {
      comparator =
          comparator.thenComparing(
              one -> Objects.requireNonNull(one.link).get(column),
              (a, b) -> compare(a, b, false, false));
    }
    return comparator;
  }

  private static int compare(
      @Nullable Object a, @Nullable Object b, boolean descending, boolean nullsFirst) {
    if (a == null || b == null) {
      return Objects.equals(a, b) ? 0 : (a == null) == nullsFirst ? -1 : 1;
    }
    int order =
        a instanceof Integer number
            ? number.compareTo((Integer) b)
            : a.toString().compareTo(b.toString());
    return descending ? -order : order;
  }

  private static JsonNode aggregate(String function, List<Matched> matched, Include include) {
    matched.sort(comparator(include));
    List<Integer> numbers =
        matched.stream().map(one -> (Integer) one.row.get("a")).filter(Objects::nonNull).toList();
    List<String> texts =
        matched.stream().map(one -> (String) one.row.get("c")).filter(Objects::nonNull).toList();
    return switch (function) {
      case "count" -> JSON.numberNode((double) matched.size());
      case "exists" -> JSON.booleanNode(!matched.isEmpty());
      case "sum" ->
          numbers.isEmpty()
              ? JSON.nullNode()
              : JSON.textNode(Long.toString(numbers.stream().mapToLong(n -> n).sum()));
      case "max" ->
          numbers.isEmpty()
              ? JSON.nullNode()
              : JSON.numberNode((double) numbers.stream().mapToInt(n -> n).max().orElseThrow());
      case "min" ->
          texts.isEmpty()
              ? JSON.nullNode()
              : JSON.textNode(texts.stream().min(Comparator.naturalOrder()).orElseThrow());
      default -> average(numbers);
    };
  }

  private static JsonNode average(List<Integer> numbers) {
    double sum = 0;
    for (int number : numbers) {
      sum += (double) number / 3;
    }
    return numbers.isEmpty() ? JSON.nullNode() : JSON.numberNode(sum / numbers.size());
  }

  /** The same with every number as a double, so that 1 equals 1.0. */
  static JsonNode normalized(JsonNode node) {
    if (node.isNumber()) {
      return JSON.numberNode(node.doubleValue());
    }
    if (node.isArray()) {
      ArrayNode array = JSON.arrayNode();
      node.forEach(element -> array.add(normalized(element)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = JSON.objectNode();
      BiConsumer<String, JsonNode> copy = (name, value) -> object.set(name, normalized(value));
      node.properties().forEach(member -> copy.accept(member.getKey(), member.getValue()));
      return object;
    }
    return node;
  }
}

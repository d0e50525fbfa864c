package dev.forebay.model.file;

import dev.forebay.model.file.ForebayFile.Body;
import dev.forebay.model.file.ForebayFile.Count;
import dev.forebay.model.file.ForebayFile.FieldEntry;
import dev.forebay.model.file.ForebayFile.Limit;
import dev.forebay.model.file.ForebayFile.MemberEntry;
import dev.forebay.model.file.ForebayFile.Nested;
import dev.forebay.model.file.ForebayFile.On;
import dev.forebay.model.file.ForebayFile.Order;
import dev.forebay.model.file.ForebayFile.Relation;
import dev.forebay.model.file.ForebayFile.Through;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the members of a JSON object: {@code fields} and {@code include}, to any depth. */
final class BodyReader {

  private static final List<String> NESTED_WORDS =
      List.of("from", "through", "on", "where", "order", "limit", "fields", "include", "count");
  private static final List<String> COUNT_WORDS = List.of("count", "through", "on", "where");
  private static final Set<String> LATER = Set.of("sum", "min", "max", "avg", "exists");

  private final Problems problems;

  BodyReader(Problems problems) {
    this.problems = problems;
  }

  Body body(int line, YamlMap map) {
    int before = problems.count();
    List<FieldEntry> fields = fields(map);
    List<MemberEntry> members = members(map);
    if (fields.isEmpty() && members.isEmpty() && problems.count() == before) {
      problems.add(line, "This object has no members.", "Name columns under 'fields'.");
    }
    Map<String, Integer> names = new HashMap<>();
    fields.forEach(field -> checkUnique(field.name(), names));
    members.forEach(member -> checkUnique(member.name(), names));
    return new Body(line, fields, members);
  }

  private void checkUnique(Text name, Map<String, Integer> names) {
    Integer line = names.putIfAbsent(name.value(), name.line());
    if (line != null) {
      problems.add(
          name.line(), "'" + name.value() + "' is a member already in line " + line + ".", null);
    }
  }

  private List<FieldEntry> fields(YamlMap map) {
    List<FieldEntry> fields = new ArrayList<>();
    switch (map.node("fields")) {
      case null -> {}
      case SequenceNode list -> list.getValue().forEach(item -> addField(item, map, fields));
      case Node node -> addField(node, map, fields);
    }
    return fields;
  }

  private void addField(Node node, YamlMap map, List<FieldEntry> fields) {
    if (node instanceof MappingNode) {
      YamlMap named = new YamlMap(node, "'fields'", problems);
      named.entries().keySet().forEach(name -> addNamed(name, named, fields));
      return;
    }
    Text column = map.scalar(node, "a column of 'fields'");
    if (column != null) {
      fields.add(new FieldEntry(column, column));
    }
  }

  private static void addNamed(Text name, YamlMap named, List<FieldEntry> fields) {
    Text source = named.text(name.value());
    if (source != null) {
      fields.add(new FieldEntry(name, source));
    }
  }

  private List<MemberEntry> members(YamlMap map) {
    List<MemberEntry> members = new ArrayList<>();
    Node node = map.node("include");
    if (node != null) {
      new YamlMap(node, "'include'", problems)
          .entries()
          .forEach((name, value) -> {
            MemberEntry member = member(name, value);
            if (member != null) {
              members.add(member);
            }
          });
    }
    return members;
  }

  private @Nullable MemberEntry member(Text name, Node node) {
    YamlMap map = new YamlMap(node, "include '" + name.value() + "'", problems);
    if (map.has("count")) {
      map.allow(COUNT_WORDS, LATER);
      Relation relation = relation(map, "count");
      return relation == null ? null : new Count(name, relation);
    }
    map.allow(NESTED_WORDS, LATER);
    if (LATER.stream().anyMatch(map::has)) {
      return null;
    }
    Relation relation = relation(map, "from");
    List<Order> order = map.texts("order").stream().map(BodyReader::order).toList();
    Limit limit = limit(map);
    if (limit != null && order.isEmpty()) {
      problems.add(
          limit.line(),
          "'limit' without 'order' does not say which rows are meant.",
          "Add an order, for example order: -created_at.");
    }
    Body body = body(name.line(), map);
    return relation == null ? null : new Nested(name, relation, order, limit, body);
  }

  private @Nullable Relation relation(YamlMap map, String tableWord) {
    Text from = map.required(tableWord);
    Node through = map.node("through");
    Through between = through == null ? null : through(map, through);
    On on = on(map.node("on"));
    Text where = map.text("where");
    return from == null ? null : new Relation(from, between, on, where);
  }

  private @Nullable Through through(YamlMap map, Node node) {
    if (node instanceof ScalarNode) {
      Text table = map.text("through");
      return table == null ? null : new Through(table, null);
    }
    YamlMap words = new YamlMap(node, "'through'", problems);
    words.allow(List.of("from", "on"), Set.of("where", "fields"));
    Text table = words.required("from");
    On on = on(words.node("on"));
    return table == null ? null : new Through(table, on);
  }

  private @Nullable On on(@Nullable Node node) {
    if (node == null) {
      return null;
    }
    YamlMap map = new YamlMap(node, "'on'", problems);
    Map<Text, Text> pairs = new LinkedHashMap<>();
    for (Text own : map.entries().keySet()) {
      Text outer = map.text(own.value());
      if (outer != null) {
        pairs.put(own, outer);
      }
    }
    if (pairs.isEmpty()) {
      problems.add(
          map.line(), "'on' names no columns.", "Say on: { column: column of the table around }.");
    }
    return new On(map.line(), pairs);
  }

  private static Order order(Text text) {
    boolean descending = text.value().startsWith("-");
    return new Order(
        descending ? new Text(text.value().substring(1), text.line()) : text, descending);
  }

  private @Nullable Limit limit(YamlMap map) {
    Text text = map.text("limit");
    if (text == null) {
      return null;
    }
    if (!text.value().matches("[1-9][0-9]{0,5}")) {
      problems.add(
          text.line(), "'limit' is '" + text.value() + "'.", "Say a number from 1 to 999999.");
      return null;
    }
    return new Limit(Integer.parseInt(text.value()), text.line());
  }
}

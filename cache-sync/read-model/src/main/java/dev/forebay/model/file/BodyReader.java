package dev.forebay.model.file;

import dev.forebay.model.file.ForebayFile.Aggregate;
import dev.forebay.model.file.ForebayFile.Body;
import dev.forebay.model.file.ForebayFile.FieldEntry;
import dev.forebay.model.file.ForebayFile.Limit;
import dev.forebay.model.file.ForebayFile.MemberEntry;
import dev.forebay.model.file.ForebayFile.Nested;
import dev.forebay.model.file.ForebayFile.Order;
import dev.forebay.model.file.ForebayFile.Relation;
import dev.forebay.model.tree.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the members of a JSON object: {@code fields} and {@code include}, to any depth. */
final class BodyReader {

  static final List<String> NESTED_WORDS =
      List.of(
          "from", "through", "on", "where", "order", "limit", "fields", "include", "count",
          "exists", "sum", "min", "max", "avg");

  private final Problems problems;
  private final RelationReader relations;

  BodyReader(Problems problems) {
    this.problems = problems;
    this.relations = new RelationReader(problems);
  }

  Body body(Location at, YamlMap map) {
    int before = problems.count();
    List<FieldEntry> own = FieldReader.fields(map);
    List<MemberEntry> members = members(map);
    if (own.isEmpty() && members.isEmpty() && problems.count() == before) {
      problems.add(at, "This object has no members.", "Name columns under 'fields'.");
    }
    Map<String, Integer> names = new HashMap<>();
    own.forEach(field -> checkUnique(field.name(), names));
    members.forEach(member -> checkUnique(member.name(), names));
    return new Body(at, own, members);
  }

  private void checkUnique(Text name, Map<String, Integer> names) {
    Integer line = names.putIfAbsent(name.value(), name.at().line());
    if (line != null) {
      problems.add(
          name.at(), "'" + name.value() + "' is a member already in line " + line + ".", null);
    }
  }

  private List<MemberEntry> members(YamlMap map) {
    List<MemberEntry> members = new ArrayList<>();
    if (map.has("include")) {
      YamlMap include = map.map("include", "'include'");
      for (Text name : include.names()) {
        String what = "include '" + name.value() + "'";
        MemberEntry member = member(name, include.map(name.value(), what));
        if (member != null) {
          members.add(member);
        }
      }
    }
    return members;
  }

  private @Nullable MemberEntry member(Text name, YamlMap map) {
    for (Function function : Function.values()) {
      if (map.has(function.word())) {
        return aggregate(name, function, map);
      }
    }
    map.allow(NESTED_WORDS);
    Relation relation = relations.relation(map, "from");
    List<Order> order = relations.order(map);
    Limit limit = relations.limit(map);
    if (limit != null && order.isEmpty()) {
      problems.add(
          limit.at(),
          "'limit' without 'order' does not say which rows are meant.",
          "Add an order, for example order: -created_at.");
    }
    Body body = body(name.at(), map);
    if (relation != null && relation.through() != null) {
      checkLink(body, relation.through().fields());
    }
    return relation == null ? null : new Nested(name, relation, order, limit, body);
  }

  /** What comes from the table between stands in the same object. */
  private void checkLink(Body body, List<FieldEntry> link) {
    Map<String, Integer> names = new HashMap<>();
    body.fields().forEach(field -> names.put(field.name().value(), field.name().at().line()));
    body.members().forEach(member -> names.put(member.name().value(), member.name().at().line()));
    link.forEach(field -> checkUnique(field.name(), names));
  }

  /** {@code count} and {@code exists} name the table, the others what each row gives. */
  private @Nullable MemberEntry aggregate(Text name, Function function, YamlMap map) {
    List<String> words = new ArrayList<>(List.of(function.word(), "through", "on", "where"));
    if (function.hasOperand()) {
      words.add("from");
    }
    map.allow(words);
    Relation relation = relations.relation(map, function.hasOperand() ? "from" : function.word());
    Text operand = function.hasOperand() ? map.text(function.word()) : null;
    if (relation == null || (function.hasOperand() && operand == null)) {
      return null;
    }
    if (relation.through() != null && !relation.through().fields().isEmpty()) {
      problems.add(
          relation.through().fields().getFirst().name().at(),
          "'" + function.word() + "' makes no object, so 'fields' mean nothing.",
          "Remove them.");
    }
    return new Aggregate(name, function, relation, operand);
  }
}

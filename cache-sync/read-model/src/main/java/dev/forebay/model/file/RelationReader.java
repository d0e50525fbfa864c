package dev.forebay.model.file;

import dev.forebay.model.file.ForebayFile.FieldEntry;
import dev.forebay.model.file.ForebayFile.Limit;
import dev.forebay.model.file.ForebayFile.On;
import dev.forebay.model.file.ForebayFile.Order;
import dev.forebay.model.file.ForebayFile.Relation;
import dev.forebay.model.file.ForebayFile.Through;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads which rows a member is made of: {@code from}, {@code through}, {@code on} and the rest. */
final class RelationReader {

  static final List<String> THROUGH_WORDS = List.of("from", "on", "where", "fields");

  private static final Pattern ORDER =
      Pattern.compile("(-?)(.+?)(?:\\s+nulls\\s+(first|last))?", Pattern.CASE_INSENSITIVE);

  private final Problems problems;

  RelationReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * The relation of a member; null, with a problem, if it names no table.
   *
   * @param tableWord the word that names the table
   */
  @Nullable Relation relation(YamlMap map, String tableWord) {
    Text from = map.required(tableWord);
    Through between = through(map);
    On on = on(map);
    Text where = map.text("where");
    return from == null ? null : new Relation(from, between, on, where);
  }

  private @Nullable Through through(YamlMap map) {
    Node node = map.node("through");
    if (node == null || node instanceof ScalarNode) {
      Text table = map.text("through");
      return table == null ? null : new Through(table, null, null, List.of());
    }
    YamlMap words = map.map("through", "'through'");
    words.allow(THROUGH_WORDS);
    Text table = words.required("from");
    On on = on(words);
    Text where = words.text("where");
    List<FieldEntry> members = FieldReader.fields(words);
    return table == null ? null : new Through(table, on, where, members);
  }

  private @Nullable On on(YamlMap around) {
    if (!around.has("on")) {
      return null;
    }
    YamlMap map = around.map("on", "'on'");
    Map<Text, Text> pairs = new LinkedHashMap<>();
    for (Text own : map.names()) {
      Text outer = map.text(own.value());
      if (outer != null) {
        pairs.put(own, outer);
      }
    }
    if (pairs.isEmpty()) {
      problems.add(
          map.at(), "'on' names no columns.", "Say on: { column: column of the table around }.");
    }
    return new On(map.at(), pairs);
  }

  List<Order> order(YamlMap map) {
    return map.texts("order").stream().map(RelationReader::order).toList();
  }

  private static Order order(Text text) {
    Matcher matcher = ORDER.matcher(text.value());
    if (!matcher.matches()) {
      return new Order(text, false, null); // a lone minus or a at break: no column has the name
    }
    String nulls = matcher.group(3);
    return new Order(
        new Text(matcher.group(2), text.at()),
        !matcher.group(1).isEmpty(),
        nulls == null ? null : nulls.toLowerCase(Locale.ROOT).equals("first"));
  }

  @Nullable Limit limit(YamlMap map) {
    Text text = map.text("limit");
    if (text == null) {
      return null;
    }
    if (!text.value().matches("[1-9][0-9]{0,5}")) {
      problems.add(
          text.at(), "'limit' is '" + text.value() + "'.", "Say a number from 1 to 999999.");
      return null;
    }
    return new Limit(Integer.parseInt(text.value()), text.at());
  }
}

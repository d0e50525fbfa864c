package dev.forebay.model.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping of the file: asks for its words one by one and reports what does not fit. */
final class YamlMap {

  private final int line;
  private final String what;
  private final Problems problems;
  private final Map<String, Text> words = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();

  /**
   * @param what for messages: what the mapping declares
   */
  YamlMap(Node node, String what, Problems problems) {
    this.line = line(node);
    this.what = what;
    this.problems = problems;
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(this::put);
    } else if (!isNull(node)) {
      problems.add(line, what + " must be words with values, not " + kind(node) + ".", null);
    }
  }

  private void put(NodeTuple entry) {
    Text word = scalar(entry.getKeyNode(), "a name in " + what);
    if (word != null && values.putIfAbsent(word.value(), entry.getValueNode()) != null) {
      problems.add(word.line(), what + " says '" + word.value() + "' twice.", "Remove one.");
    } else if (word != null) {
      words.put(word.value(), word);
    }
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static String kind(Node node) {
    return switch (node) {
      case SequenceNode ignored -> "a list";
      case MappingNode ignored -> "a mapping";
      default -> "a value";
    };
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
  }

  /** Reports words that are none of {@code known}. */
  void allow(Collection<String> known) {
    for (Text word : words.values()) {
      if (!known.contains(word.value())) {
        problems.addUnknown(word, "The word", known);
      }
    }
  }

  int line() {
    return line;
  }

  boolean has(String word) {
    return values.containsKey(word);
  }

  int line(String word) {
    Text found = words.get(word);
    return found == null ? line : found.line();
  }

  /** All words with what they map to, in the order of the file. */
  Map<Text, Node> entries() {
    Map<Text, Node> entries = new LinkedHashMap<>();
    words.forEach((word, text) -> entries.put(text, values.get(word)));
    return entries;
  }

  @Nullable Node node(String word) {
    return values.get(word);
  }

  /** The value of a word; null, without a problem, where the word does not stand. */
  @Nullable Text text(String word) {
    Node node = values.get(word);
    return node == null ? null : scalar(node, "'" + word + "' of " + what);
  }

  /** The value of a word that must stand. */
  @Nullable Text required(String word) {
    if (!has(word)) {
      problems.add(line, what + " lacks '" + word + "'.", null);
    }
    return text(word);
  }

  /** One value or a list of values; empty where the word does not stand. */
  List<Text> texts(String word) {
    List<Text> texts = new ArrayList<>();
    Node node = values.get(word);
    List<Node> nodes =
        node instanceof SequenceNode list
            ? list.getValue()
            : node == null ? List.of() : List.of(node);
    for (Node item : nodes) {
      Text text = scalar(item, "'" + word + "' of " + what);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** A single value; null, with a problem, if the node is something else. */
  @Nullable Text scalar(Node node, String of) {
    if (node instanceof ScalarNode scalar && !isNull(node) && !scalar.getValue().isBlank()) {
      return new Text(scalar.getValue(), line(node));
    }
    boolean empty = node instanceof ScalarNode;
    problems.add(
        line(node),
        of + (empty ? " has no value." : " must be one value, not " + kind(node) + "."),
        empty ? null : "If it begins with { or [, put it in quotes.");
    return null;
  }
}

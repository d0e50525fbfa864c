package dev.forebay.model.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping of the file: asks for its words one by one and reports what does not fit. */
final class YamlMap {

  private final Location at;
  private final String what;
  private final Problems problems;
  private final Map<String, Text> words = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();

  /** The whole file. */
  YamlMap(Node root, Problems problems) {
    this(root, Location.TOP, "forebay.yaml", problems);
  }

  private YamlMap(Node node, Location of, String what, Problems problems) {
    this.at = of.at(line(node));
    this.what = what;
    this.problems = problems;
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(this::put);
    } else if (!isNull(node)) {
      problems.add(at, what + " must be words with values, not " + kind(node) + ".", null);
    }
  }

  private void put(NodeTuple entry) {
    Text key = scalar(entry.getKeyNode(), at, "a name in " + what);
    if (key == null) {
      return;
    }
    Text word = new Text(key.value(), at.below(key.value(), key.at().line()));
    if (values.putIfAbsent(word.value(), entry.getValueNode()) != null) {
      problems.add(word.at(), what + " says '" + word.value() + "' twice.", "Remove one.");
    } else {
      words.put(word.value(), word);
    }
  }

  /**
   * The mapping that a word stands for.
   *
   * @param word that stands here
   * @param inside for messages: what the mapping declares
   */
  YamlMap map(String word, String inside) {
    return map(word, Objects.requireNonNull(values.get(word)), inside);
  }

  /** A mapping in the list that a word stands for. */
  YamlMap map(String word, Node item, String inside) {
    return new YamlMap(item, at(word), inside, problems);
  }

  private static int line(Node node) {
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

  /** Where it begins. */
  Location at() {
    return at;
  }

  boolean has(String word) {
    return values.containsKey(word);
  }

  /** Where a word stands; where it does not, where the mapping begins. */
  Location at(String word) {
    Text found = words.get(word);
    return found == null ? at : found.at();
  }

  /** All words in the order of the file. */
  List<Text> names() {
    return List.copyOf(words.values());
  }

  @Nullable Node node(String word) {
    return values.get(word);
  }

  /** The value of a word; null, without a problem, where the word does not stand. */
  @Nullable Text text(String word) {
    Node node = values.get(word);
    return node == null ? null : scalar(word, node);
  }

  /** The value of a word that must stand. */
  @Nullable Text required(String word) {
    if (!has(word)) {
      problems.add(at, what + " lacks '" + word + "'.", null);
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
      Text text = scalar(word, item);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  private @Nullable Text scalar(String word, Node node) {
    return scalar(node, at(word), "'" + word + "' of " + what);
  }

  /** A single value that a word stands for; null, with a problem, if it is something else. */
  @Nullable Text scalar(String word, Node node, String of) {
    return scalar(node, at(word), of);
  }

  private @Nullable Text scalar(Node node, Location word, String of) {
    Location place = word.at(line(node));
    if (node instanceof ScalarNode scalar && !isNull(node) && !scalar.getValue().isBlank()) {
      return new Text(scalar.getValue(), place);
    }
    boolean empty = node instanceof ScalarNode;
    problems.add(
        place,
        of + (empty ? " has no value." : " must be one value, not " + kind(node) + "."),
        empty ? null : "If it begins with { or [, put it in quotes.");
    return null;
  }
}

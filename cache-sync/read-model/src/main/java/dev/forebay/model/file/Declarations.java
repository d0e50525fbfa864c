package dev.forebay.model.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** What two versions of forebay.yaml have in common. */
public final class Declarations {

  private Declarations() {}

  /**
   * Compares the models and resources of two files by what they say, wherever it stands.
   *
   * @param before the text of a file
   * @param now the text of another one
   * @return the paths of those that both declare alike, {@code models.note}; none of a text that is
   *     not YAML
   */
  public static Set<String> alike(String before, String now) {
    Map<String, Object> former = sections(before);
    Set<String> alike = new TreeSet<>();
    sections(now)
        .forEach((path, section) -> {
          if (section.equals(former.get(path))) {
            alike.add(path);
          }
        });
    return alike;
  }

  private static Map<String, Object> sections(String text) {
    Map<String, Object> sections = new LinkedHashMap<>();
    if (plain(YamlText.parse(text, new Problems())) instanceof Map<?, ?> top) {
      for (String word : ForebayFileReader.TOP_WORDS) {
        if (top.get(word) instanceof Map<?, ?> entries) {
          entries.forEach((name, entry) -> sections.put(word + "." + name, entry));
        }
      }
    }
    return sections;
  }

  /** The same without lines: texts, lists and maps. */
  private static Object plain(@Nullable Node node) {
    return switch (node) {
      case ScalarNode scalar -> scalar.getValue();
      case SequenceNode list -> list.getValue().stream().map(Declarations::plain).toList();
      case MappingNode mapping -> {
        Map<Object, Object> entries = new LinkedHashMap<>();
        mapping
            .getValue()
            .forEach(entry -> entries.put(plain(entry.getKeyNode()), plain(entry.getValueNode())));
        yield entries;
      }
      case null, default -> List.of();
    };
  }
}

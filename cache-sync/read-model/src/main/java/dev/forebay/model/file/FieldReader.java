package dev.forebay.model.file;

import dev.forebay.model.file.ForebayFile.FieldEntry;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code fields}: what a JSON object gets from one row. */
final class FieldReader {

  private final Problems problems;

  FieldReader(Problems problems) {
    this.problems = problems;
  }

  List<FieldEntry> fields(YamlMap map) {
    List<FieldEntry> fields = new ArrayList<>();
    switch (map.node("fields")) {
      case null -> {}
      case SequenceNode list -> list.getValue().forEach(item -> add(item, map, fields));
      case Node node -> add(node, map, fields);
    }
    return fields;
  }

  private void add(Node node, YamlMap map, List<FieldEntry> fields) {
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
}

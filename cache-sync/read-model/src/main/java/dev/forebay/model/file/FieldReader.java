package dev.forebay.model.file;

import dev.forebay.model.file.ForebayFile.FieldEntry;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code fields}: what a JSON object gets from one row. */
final class FieldReader {

  private FieldReader() {}

  static List<FieldEntry> fields(YamlMap map) {
    List<FieldEntry> fields = new ArrayList<>();
    switch (map.node("fields")) {
      case null -> {}
      case SequenceNode list -> list.getValue().forEach(item -> add(item, map, fields));
      case Node node -> add(node, map, fields);
    }
    return fields;
  }

  private static void add(Node node, YamlMap map, List<FieldEntry> fields) {
    if (node instanceof MappingNode) {
      YamlMap named = map.map("fields", node, "'fields'");
      named.names().forEach(name -> addNamed(name, named, fields));
      return;
    }
    Text column = map.scalar("fields", node, "a column of 'fields'");
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

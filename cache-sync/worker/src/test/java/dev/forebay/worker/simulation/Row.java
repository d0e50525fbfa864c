package dev.forebay.worker.simulation;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of one of three tables: a root has a slug, a middle belongs to a root, a leaf to a middle.
 *
 * @param value the slug of a root, the text of a leaf
 * @param outer the id of the row that it belongs to; 0 for a root
 */
record Row(Kind kind, int id, String value, int outer) {

  enum Kind {
    ROOT,
    MIDDLE,
    LEAF;

    TableName table() {
      return new TableName("public", name());
    }
  }

  static RowChange change(Kind kind, @Nullable Row before, @Nullable Row after) {
    return new RowChange(kind.table(), image(before), image(after));
  }

  private static @Nullable Map<String, @Nullable String> image(@Nullable Row row) {
    if (row == null) {
      return null;
    }
    Map<String, @Nullable String> image = new HashMap<>();
    image.put("value", row.value);
    image.put("outer", Integer.toString(row.outer));
    return image;
  }
}

package dev.forebay.api.touch.image;

import dev.forebay.model.TableName;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One state of a row, as far as it leads anywhere.
 *
 * @param place where the row is, and no other row of its table while it is locked
 * @param values of columns by name, as text
 */
public record Image(TableName table, String place, Map<String, @Nullable String> values) {

  public Image {
    values = Collections.unmodifiableMap(new HashMap<>(values));
  }
}

package dev.forebay.api.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A column and the value it gets.
 *
 * @param column to set
 * @param text for a cast to the column's type, or null for NULL
 * @param value as the client sent it
 */
public record Assignment(Column column, @Nullable String text, JsonNode value) {

  /** Reads what PostgreSQL stores, without losing a digit. */
  private static final ObjectReader STORED =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(new JsonNodeFactory(true))
          .build()
          .readerFor(JsonNode.class);

  /** Whether it changes what a JSON column holds rather than replacing it. */
  public boolean isMerge() {
    return column.type().kind() == Kind.JSON && value.isObject();
  }

  /**
   * The same with the patch applied.
   *
   * @param stored JSON that the column holds, or null for NULL
   */
  public Assignment mergedInto(@Nullable String stored) {
    try {
      JsonNode target = stored == null ? MissingNode.getInstance() : STORED.readTree(stored);
      JsonNode merged = MergePatch.apply(target, value);
      return new Assignment(column, merged.toString(), merged);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("column " + column.name() + " holds no readable JSON", e);
    }
  }
}

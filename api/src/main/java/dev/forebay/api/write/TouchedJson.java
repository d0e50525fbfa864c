package dev.forebay.api.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.api.token.Touched;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a transaction touched, as it is kept beside the reply to its request. */
final class TouchedJson {

  private static final JsonMapper MAPPER = new JsonMapper();

  private TouchedJson() {}

  static @Nullable String write(@Nullable Touched touched) {
    if (touched == null) {
      return null;
    }
    ObjectNode json = MAPPER.createObjectNode().put("xid", Long.toString(touched.xid()));
    ObjectNode documents = json.putObject("documents");
    touched
        .documents()
        .forEach((model, keys) -> keys.forEach(documents.withArrayProperty(model)::add));
    touched.models().forEach(json.putArray("models")::add);
    return json.toString();
  }

  static @Nullable Touched read(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      JsonNode json = MAPPER.readTree(text);
      SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
      for (Map.Entry<String, JsonNode> model : json.path("documents").properties()) {
        documents.put(model.getKey(), texts(model.getValue()));
      }
      return new Touched(json.path("xid").asLong(), documents, texts(json.path("models")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL keeps JSON", e);
    }
  }

  private static SortedSet<String> texts(JsonNode array) {
    SortedSet<String> texts = new TreeSet<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }
}

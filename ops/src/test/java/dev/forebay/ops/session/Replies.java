package dev.forebay.ops.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;

/** Which versions of which rows JSON shows. */
final class Replies {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Replies() {}

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + json, e);
    }
  }

  /** Of a document of the site. */
  static Map<String, Integer> shown(String model, String json) {
    Map<String, Integer> shown = new HashMap<>();
    JsonNode document = parse(json);
    if (!model.equals("front_page")) {
      add(shown, model, document);
    }
    document.path("articles").forEach(article -> add(shown, "article", article));
    document.path("tags").forEach(tag -> add(shown, "tag", tag));
    return shown;
  }

  private static void add(Map<String, Integer> shown, String table, JsonNode row) {
    // Should one document show two versions of a row, the older one counts.
    shown.merge(table + " " + row.path("id").asInt(), row.path("v").asInt(), Math::min);
    if (row.has("link")) {
      shown.put("link " + row.path("link").asInt(), row.path("link").asInt());
    }
    if (row.path("author").isObject()) {
      add(shown, "author", row.path("author"));
    }
  }
}

package dev.forebay.kv.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.kv.KvLimits;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** The answers that change nothing. */
final class Reads {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEY_NOT_FOUND = 10009;

  private Reads() {}

  static Reply keys(EmulatedNamespace namespace, Map<String, String> query) {
    int limit = number(query, "limit", 1000, 10, 1000);
    String cursor = query.getOrDefault("cursor", "");
    @Nullable String after = cursor.isEmpty() ? null : decodeCursor(cursor);
    List<Map.Entry<String, StoredValue>> page =
        namespace.list(query.getOrDefault("prefix", ""), after, limit + 1);
    boolean more = page.size() > limit;
    List<Map.Entry<String, StoredValue>> shown = more ? page.subList(0, limit) : page;
    ArrayNode result = JSON.createArrayNode();
    shown.forEach(entry -> describe(result.addObject(), entry.getKey(), entry.getValue()));
    ObjectNode info = JSON.createObjectNode().put("count", shown.size());
    info.put("cursor", more ? encodeCursor(shown.getLast().getKey()) : "");
    return Reply.result(result, info);
  }

  private static void describe(ObjectNode node, String key, StoredValue value) {
    node.put("name", key);
    Instant expiration = value.expiration();
    if (expiration != null) {
      node.put("expiration", expiration.getEpochSecond());
    }
    if (value.metadataJson() != null) {
      node.set("metadata", value.metadata());
    }
  }

  static Reply value(EmulatedNamespace namespace, String key) {
    StoredValue value = find(namespace, key);
    Instant expiration = value.expiration();
    return Reply.raw(
        value.value(),
        expiration == null
            ? Map.of()
            : Map.of("expiration", Long.toString(expiration.getEpochSecond())));
  }

  static Reply metadata(EmulatedNamespace namespace, String key) {
    return Reply.result(find(namespace, key).metadata(), null);
  }

  private static StoredValue find(EmulatedNamespace namespace, String key) {
    return namespace
        .find(Values.key(key))
        .orElseThrow(() -> new ApiError(404, KEY_NOT_FOUND, "get: 'key not found'"));
  }

  /** What a bulk read asks for. */
  record Wanted(List<String> keys, boolean json, boolean withMetadata) {}

  static Wanted wanted(ByteString body) {
    JsonNode node = parse(body);
    List<String> keys = BulkBody.keys(ByteString.encodeUtf8(node.path("keys").toString()));
    if (keys.size() > KvLimits.BULK_GET_KEYS) {
      throw ApiError.invalid("at most " + KvLimits.BULK_GET_KEYS + " keys are allowed");
    }
    boolean json = node.path("type").asText("text").equals("json");
    return new Wanted(keys, json, node.path("withMetadata").asBoolean(false));
  }

  static Reply values(EmulatedNamespace namespace, Wanted wanted) {
    ObjectNode values = JSON.createObjectNode();
    long bytes = 0;
    for (String key : wanted.keys()) {
      @Nullable StoredValue found = namespace.find(key).orElse(null);
      bytes += found == null ? 0 : found.value().size();
      values.set(key, found == null ? null : describe(found, wanted));
    }
    if (bytes > KvLimits.VALUE_BYTES) {
      throw new ApiError(413, 10001, "the values have more than 25 MiB");
    }
    ObjectNode result = JSON.createObjectNode();
    result.set("values", values);
    return Reply.result(result, null);
  }

  private static JsonNode describe(StoredValue found, Wanted wanted) {
    JsonNode value =
        wanted.json() ? parse(found.value()) : JSON.getNodeFactory().textNode(found.text());
    if (!wanted.withMetadata()) {
      return value;
    }
    ObjectNode node = JSON.createObjectNode();
    node.set("value", value);
    node.set("metadata", found.metadata());
    Instant expiration = found.expiration();
    if (expiration != null) {
      node.put("expiration", expiration.getEpochSecond());
    }
    return node;
  }

  static int number(Map<String, String> query, String name, int preset, int least, int most) {
    String text = query.get(name);
    try {
      int number = text == null ? preset : Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As one out of range.
    }
    throw ApiError.invalid(name + ": " + least + " to " + most + " is allowed, not " + text);
  }

  static JsonNode parse(ByteString body) {
    try {
      JsonNode node = JSON.readTree(body.toByteArray());
      if (node != null && !node.isMissingNode()) {
        return node;
      }
    } catch (IOException e) {
      // As an empty body.
    }
    throw ApiError.invalid("could not parse the body as JSON");
  }

  private static String encodeCursor(String key) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(("k" + key).getBytes(UTF_8));
  }

  private static String decodeCursor(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
      if (text.startsWith("k")) {
        return text.substring(1);
      }
    } catch (IllegalArgumentException e) {
      // As any other text that is no cursor of ours.
    }
    throw ApiError.invalid("cursor: not one of this listing");
  }
}

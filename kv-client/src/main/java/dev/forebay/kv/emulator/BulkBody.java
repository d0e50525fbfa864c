package dev.forebay.kv.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.kv.KvLimits;
import dev.forebay.kv.emulator.EmulatedNamespace.Change;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** Reads and validates the bodies of bulk calls. */
final class BulkBody {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BulkBody() {}

  /** The pairs to store, without repetitions. */
  static List<Change> pairs(ByteString body, Instant now) {
    Map<String, Change> changes = new HashMap<>();
    List<Change> ordered = new ArrayList<>();
    int pairs = 0;
    try (JsonParser parser = array(body)) {
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        Change change = pair(parser, now);
        Change before = changes.putIfAbsent(change.key(), change);
        if (before == null) {
          ordered.add(change);
        } else if (!before.equals(change)) {
          throw ApiError.invalid(
              "received duplicate key with different values or expiration parameters: \""
                  + change.key()
                  + "\"");
        }
        pairs++;
      }
      requireEnd(parser);
    } catch (IOException e) {
      throw ApiError.invalid("could not parse the body as JSON");
    }
    requireCount(pairs);
    return ordered;
  }

  /** The keys to delete or read. */
  static List<String> keys(ByteString body) {
    List<String> keys = new ArrayList<>();
    try (JsonParser parser = array(body)) {
      while (parser.nextToken() == JsonToken.VALUE_STRING) {
        keys.add(Values.key(parser.getText()));
      }
      requireEnd(parser);
    } catch (IOException e) {
      throw ApiError.invalid("could not parse the body as JSON");
    }
    requireCount(keys.size());
    return keys;
  }

  private static JsonParser array(ByteString body) throws IOException {
    if (body.size() > KvLimits.BULK_BYTES) {
      throw new ApiError(413, 10001, "the body has more than " + KvLimits.BULK_BYTES + " bytes");
    }
    JsonParser parser = JSON.createParser(body.toByteArray());
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw ApiError.invalid("the body must be a JSON array");
    }
    return parser;
  }

  private static void requireEnd(JsonParser parser) {
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw ApiError.invalid("an element of the array has the wrong type");
    }
  }

  private static void requireCount(int pairs) {
    if (pairs > KvLimits.BULK_PAIRS) {
      throw ApiError.invalid(pairs + " pairs, at most " + KvLimits.BULK_PAIRS + " are allowed");
    }
  }

  private static Change pair(JsonParser parser, Instant now) throws IOException {
    @Nullable String key = null;
    @Nullable String value = null;
    @Nullable String metadata = null;
    @Nullable Long expiration = null;
    @Nullable Long ttl = null;
    boolean base64 = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (field) {
        case "key" -> key = text(field, parser, token);
        case "value" -> value = text(field, parser, token);
        case "metadata" -> metadata = compact(parser);
        case "expiration" -> expiration = parser.getLongValue();
        case "expiration_ttl" -> ttl = parser.getLongValue();
        case "base64" -> base64 = parser.getBooleanValue();
        default -> parser.skipChildren();
      }
    }
    if (key == null || value == null) {
      throw ApiError.invalid("a pair needs key and value");
    }
    // Encoded here, because okio would keep the text beside its bytes.
    ByteString bytes =
        base64 ? Values.decodeBase64(key, value) : ByteString.of(value.getBytes(UTF_8));
    return new Change(
        Values.key(key),
        Values.value(key, bytes, metadata, Values.expiration(expiration, ttl, now)));
  }

  private static String compact(JsonParser parser) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.copyCurrentStructure(parser);
    }
    return text.toString();
  }

  private static String text(String field, JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw ApiError.invalid(field + " must be a string");
    }
    return parser.getText();
  }
}

package dev.forebay.api.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Snapshot;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON in a token. Equal payloads give equal texts.
 *
 * <p>Reading is lenient in what its caller finds by writing it again: members twice, unknown or in
 * another order, numbers and texts in another form, spaces, anything behind the end.
 */
final class PayloadJson {

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,18}");
  private static final String MAX_DIGITS = Long.toString(Long.MAX_VALUE);
  private static final Pattern CONTENT = Pattern.compile("[A-Za-z0-9_-]{22}|-");

  /** A payload is five deep, and its longest text a snapshot. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(6)
                  .maxNumberLength(20)
                  .maxNameLength(100)
                  .build())
          .build();

  private static final JsonMapper MAPPER = new JsonMapper(JSON);

  private PayloadJson() {}

  /** Writes the members h, e, d, in this order, without spaces. */
  static String write(Payload payload) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("h", payload.history());
      json.writeNumberField("e", payload.expires());
      json.writeObjectFieldStart("d");
      for (Map.Entry<String, SortedMap<String, Requirement>> model : payload.entries().entrySet()) {
        json.writeObjectFieldStart(model.getKey());
        for (Map.Entry<String, Requirement> entry : model.getValue().entrySet()) {
          json.writeFieldName(entry.getKey());
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Requirement entry) throws IOException {
    json.writeStartObject();
    if (!entry.xids().isEmpty()) {
      json.writeArrayFieldStart("x");
      for (long xid : entry.xids()) {
        json.writeString(Long.toString(xid));
      }
      json.writeEndArray();
    }
    if (entry.seen() != null) {
      json.writeStringField("s", entry.seen().toString());
    }
    if (entry.content() != null) {
      json.writeStringField("c", entry.content());
    }
    json.writeEndObject();
  }

  /**
   * Reads what {@link #write} wrote, and similar texts.
   *
   * @throws IllegalArgumentException if the text cannot be a payload
   */
  static Payload read(String text) {
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON, or too deep", e);
    }
    SortedMap<String, SortedMap<String, Requirement>> entries = new TreeMap<>();
    for (Map.Entry<String, JsonNode> model : object(json.get("d")).properties()) {
      SortedMap<String, Requirement> ids = new TreeMap<>();
      for (Map.Entry<String, JsonNode> id : object(model.getValue()).properties()) {
        ids.put(id.getKey(), entry(object(id.getValue())));
      }
      entries.put(model.getKey(), ids);
    }
    return new Payload(text(json.get("h")), seconds(json.get("e")), entries);
  }

  private static Requirement entry(JsonNode entry) {
    SortedSet<Long> xids = new TreeSet<>();
    JsonNode x = entry.get("x");
    if (x != null) {
      check(x.isArray() && !x.isEmpty(), "xids that are no array of some");
      x.forEach(xid -> xids.add(number(text(xid), Requirement.MAX_XID)));
    }
    JsonNode s = entry.get("s");
    JsonNode c = entry.get("c");
    check(x != null || s != null, "an entry that demands nothing");
    String content = c == null ? null : text(c);
    check(content == null || CONTENT.matcher(content).matches(), "no content");
    return new Requirement(xids, s == null ? null : snapshot(text(s)), content);
  }

  /** Reads only what PostgreSQL could have written: its numbers decide what is visible. */
  private static Snapshot snapshot(String text) {
    String[] parts = text.split(":", -1);
    check(parts.length == 3, "no snapshot");
    long least = number(parts[0], Long.MAX_VALUE);
    long xmax = number(parts[1], Long.MAX_VALUE);
    check(least <= xmax, "a snapshot whose bounds are swapped");
    if (!parts[2].isEmpty()) {
      for (String running : parts[2].split(",", -1)) {
        long xid = number(running, xmax - 1);
        check(xid >= least, "a snapshot whose xids are not in order");
        least = xid + 1;
      }
    }
    return Snapshot.parse(text);
  }

  private static long number(String digits, long most) {
    check(NUMBER.matcher(digits).matches(), "no number");
    // Of equal length, so that texts compare as numbers do.
    boolean fits = digits.length() < MAX_DIGITS.length() || digits.compareTo(MAX_DIGITS) <= 0;
    check(fits && Long.parseLong(digits) <= most, "a number that is too large");
    return Long.parseLong(digits);
  }

  private static long seconds(@Nullable JsonNode value) {
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("no second");
    }
    return value.longValue();
  }

  private static String text(@Nullable JsonNode value) {
    if (value == null || !value.isTextual()) {
      throw new IllegalArgumentException("no text");
    }
    return value.textValue();
  }

  private static JsonNode object(@Nullable JsonNode value) {
    if (value == null || !value.isObject()) {
      throw new IllegalArgumentException("no object");
    }
    return value;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}

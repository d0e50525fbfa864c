package dev.forebay.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * What stands beside a document in KV, so that a reader can tell how new it is. Immutable.
 *
 * <p>Shared with the reader in TypeScript; {@code golden/metadata.json} owns the form.
 *
 * @param snapshot the one the document was built in
 * @param hash SHA-256 of the value's UTF-8, 64 lower-case hexadecimal digits
 * @param committed when the newest change in it was committed, by the database's clock; cut to
 *     milliseconds
 * @param history of the database; at most 100 characters
 */
public record DocumentMetadata(Snapshot snapshot, String hash, Instant committed, String history) {

  /**
   * KV's limit for the metadata of one key: 1,024 bytes of JSON
   * (developers.cloudflare.com/kv/platform/limits, looked at 2026-11).
   */
  public static final int MAX_BYTES = 1024;

  private static final int MAX_HISTORY = 100;
  private static final int HASH_DIGITS = 64;
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();

  public DocumentMetadata {
    if (!isHash(hash)) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + hash);
    }
    if (history.length() > MAX_HISTORY) {
      throw new IllegalArgumentException("history is longer than 100 characters");
    }
    committed = committed.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Returns a JSON object with the members snapshot, hash, committed, history, in this order and at
   * most {@link #MAX_BYTES} long. A snapshot that would not fit is {@link Snapshot#shortened}; then
   * a member xmax says, as a text, below which id everything is that it may have seen: who has been
   * served this document must not go back behind that.
   */
  public String toJson() {
    String json = write(snapshot, false);
    return json.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
        ? json
        : write(snapshot.shortened(), true);
  }

  /** A loop, because one is made for every document that is written. */
  private static boolean isHash(String text) {
    if (text.length() != HASH_DIGITS) {
      return false;
    }
    for (int i = 0; i < HASH_DIGITS; i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private String write(Snapshot version, boolean shortened) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("snapshot", version.toString());
      json.writeStringField("hash", hash);
      json.writeStringField("committed", MILLISECONDS.format(committed));
      json.writeStringField("history", history);
      if (shortened) {
        json.writeStringField("xmax", Long.toString(snapshot.xmax()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }

  /**
   * Reads what {@link #toJson} wrote; members it does not know are ignored.
   *
   * @throws IllegalArgumentException if the text is something else: treat the document as if it had
   *     no metadata
   */
  public static DocumentMetadata parse(String json) {
    try {
      JsonNode object = MAPPER.readTree(json);
      return new DocumentMetadata(
          Snapshot.parse(text(object, "snapshot")),
          text(object, "hash"),
          Instant.parse(text(object, "committed")),
          text(object, "history"));
    } catch (JsonProcessingException | DateTimeException e) {
      throw new IllegalArgumentException("not the metadata of a document", e);
    }
  }

  private static String text(JsonNode object, String member) {
    JsonNode value = object.get(member);
    if (value == null || !value.isTextual()) {
      throw new IllegalArgumentException("the metadata of a document has no text '" + member + "'");
    }
    return value.textValue();
  }
}

package dev.forebay.api.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list ended: the last row's value of each column of the order, null for none.
 * Clients get it as one opaque word.
 */
public record Cursor(List<@Nullable String> values) {

  private static final JsonMapper MAPPER = new JsonMapper();

  public Cursor {
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  /** The word; it needs no escaping in a URL. */
  public String word() {
    try {
      byte[] json = MAPPER.writeValueAsString(values).getBytes(StandardCharsets.UTF_8);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can be written", e);
    }
  }

  /** Reads a word; empty if it is none. */
  public static Optional<Cursor> read(String word) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(word);
      @Nullable String @Nullable [] values = MAPPER.readValue(json, String[].class);
      return values == null ? Optional.empty() : Optional.of(new Cursor(Arrays.asList(values)));
    } catch (IllegalArgumentException | java.io.IOException e) {
      return Optional.empty();
    }
  }
}

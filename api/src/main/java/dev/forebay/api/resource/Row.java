package dev.forebay.api.resource;

import java.util.List;

/**
 * A row as clients see it.
 *
 * @param key its key values, in PostgreSQL's text form, in the order of the URL's segments
 * @param json an object of the visible columns; equal rows give equal text
 */
public record Row(List<String> key, String json) {
  public Row {
    key = List.copyOf(key);
  }
}

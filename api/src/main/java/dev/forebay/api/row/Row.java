package dev.forebay.api.row;

import java.util.List;

/**
 * A row as clients see it.
 *
 * @param key its key values, in PostgreSQL's text form, in the order of the URL's segments
 * @param json an object of the visible columns, or of those that were asked for; equal rows give
 *     equal text
 * @param version changes with every change of the row, of columns that are not visible too
 */
public record Row(List<String> key, String json, String version) {
  public Row {
    key = List.copyOf(key);
  }
}

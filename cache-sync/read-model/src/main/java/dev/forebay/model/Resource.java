package dev.forebay.model;

import java.util.List;
import java.util.Set;

/**
 * A table that clients may write through the API.
 *
 * @param name in the URL, for example {@code article}
 * @param table where its rows are
 * @param key columns that identify a row, in the order of the URL's segments
 * @param write columns a client may set, as declared
 * @param roles a principal needs one of these for any request; empty: nobody may
 */
public record Resource(
    String name, TableName table, List<String> key, List<String> write, Set<String> roles) {
  public Resource {
    key = List.copyOf(key);
    write = List.copyOf(write);
    roles = Set.copyOf(roles);
  }
}

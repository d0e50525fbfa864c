package dev.forebay.model;

import java.util.List;

/**
 * The name of one document: the unit that is dirty, built and published.
 *
 * @param model the read model's name
 * @param values the key columns in the template's order, as PostgreSQL's text; empty for a
 *     singleton
 * @param kvKey the key in Workers KV without the instance's prefix, for example {@code
 *     article:hello}; two documents are the same if and only if this is equal
 */
public record DocumentKey(String model, List<String> values, String kvKey) {
  public DocumentKey {
    values = List.copyOf(values);
  }
}

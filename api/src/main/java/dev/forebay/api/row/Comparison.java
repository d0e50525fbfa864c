package dev.forebay.api.row;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a filter compares a column with values. */
public enum Comparison {
  EQ("="),
  NE("<>"),
  LT("<"),
  LTE("<="),
  GT(">"),
  GTE(">="),
  IN("in"),
  IS("is");

  private final String sql;

  Comparison(String sql) {
    this.sql = sql;
  }

  String sql() {
    return sql;
  }

  /** As it stands in a URL. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The comparison of that word. */
  public static Optional<Comparison> find(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }
}

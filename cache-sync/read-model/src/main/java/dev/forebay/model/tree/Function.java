package dev.forebay.model.tree;

import java.util.Locale;

/** What turns many rows into one value. The word of forebay.yaml is the name in lower case. */
public enum Function {
  /** How many rows; 0 for none. */
  COUNT,
  /** Whether there is any row. */
  EXISTS,
  /** Null for no row, as are those below. */
  SUM,
  MIN,
  MAX,
  AVG;

  /** Returns the word of forebay.yaml, which is also PostgreSQL's name. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it takes a column or an expression; the others look at rows only. */
  public boolean hasOperand() {
    return this != COUNT && this != EXISTS;
  }
}

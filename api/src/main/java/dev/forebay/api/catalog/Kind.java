package dev.forebay.api.catalog;

/** How values of a type look in JSON, and what can be checked before they reach PostgreSQL. */
public enum Kind {
  BOOLEAN,
  SMALLINT,
  INTEGER,
  BIGINT,
  NUMERIC,
  FLOAT,
  TEXT,
  ENUM,
  UUID,
  DATE,
  TIMESTAMP,
  TIMESTAMPTZ,
  TIME,
  JSON,
  ARRAY,
  /** Any other type: a JSON string in PostgreSQL's own text form, which PostgreSQL checks. */
  OTHER;

  /**
   * Whether a reader in JavaScript would lose digits of it, so that JSON carries it as a string.
   */
  public boolean isExactNumber() {
    return this == BIGINT || this == NUMERIC;
  }
}

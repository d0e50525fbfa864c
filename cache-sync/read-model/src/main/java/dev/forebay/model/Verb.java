package dev.forebay.model;

import java.util.Locale;

/** What a client may do with the rows of a resource; each has roles of its own. */
public enum Verb {
  READ,
  CREATE,
  UPDATE,
  DELETE;

  /** As forebay.yaml spells it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.forebay.api.docs;

/** Who may read the API's description. */
public enum DocsAccess {
  /** Everybody. */
  PUBLIC,
  /** Whoever has a valid key, of any role. */
  WITH_KEY
}

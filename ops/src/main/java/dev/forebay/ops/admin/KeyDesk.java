package dev.forebay.ops.admin;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a sync process knows of single documents. Safe for any thread. */
public interface KeyDesk {

  /** The most keys of one question. */
  int MOST_KEYS = 1_000;

  /**
   * Says what is known of one document.
   *
   * @param key with or without the instance's prefix
   * @return empty if no model can have such a key
   */
  Optional<KeyReport> explain(String key);

  /** Says which of the documents are dirty; keys without the instance's prefix. */
  DirtyReport dirty(Collection<String> kvKeys);

  /** The models there are, by name. */
  List<String> models();
}

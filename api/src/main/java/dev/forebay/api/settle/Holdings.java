package dev.forebay.api.settle;

import dev.forebay.model.Snapshot;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What KV holds, and what it should. Keys have the instance's prefix. Calls block. */
interface Holdings {

  /**
   * Returns the version in which KV holds each document, empty where it holds none; a key is
   * missing here while that is not certain.
   */
  Map<String, Optional<Snapshot>> certain(Collection<String> kvKeys) throws SQLException;

  /**
   * Documents that do not exist.
   *
   * @param snapshot in which they do not
   */
  record Absent(Snapshot snapshot, Set<String> kvKeys) {}

  /** Returns which of these documents the database does not have now, as far as one look shows. */
  Absent absent(Collection<String> kvKeys) throws SQLException;
}

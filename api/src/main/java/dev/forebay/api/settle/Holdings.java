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
   * What KV holds for certain.
   *
   * @param settled up to where in the log KV has everything, in bytes
   * @param versions in which KV holds each document, empty where it holds none; a key is missing
   *     here while that is not certain
   */
  record Certain(long settled, Map<String, Optional<Snapshot>> versions) {}

  /** Returns what KV holds of these. */
  Certain certain(Collection<String> kvKeys) throws SQLException;

  /**
   * Documents that do not exist.
   *
   * @param snapshot in which they do not
   * @param written up to where the log was written then, in bytes
   */
  record Absent(Snapshot snapshot, long written, Set<String> kvKeys) {}

  /** Returns which of a model's documents the database does not have, as far as a look shows. */
  Absent absent(String model, Collection<String> kvKeys) throws SQLException;
}

package dev.forebay.ops.admin;

import java.util.List;

/**
 * Which of some documents a leader has still to settle, as answered to a POST at {@code /explain}.
 *
 * @param instance which Forebay of the database
 * @param leads false in a standby, which knows nothing
 * @param syncLagSeconds how far KV is behind PostgreSQL
 * @param dirty those of the keys that are dirty
 */
public record DirtyReport(
    String instance, boolean leads, double syncLagSeconds, List<String> dirty) {
  public DirtyReport {
    dirty = List.copyOf(dirty);
  }
}

package dev.forebay.ops.explain;

import dev.forebay.ops.admin.KeyReport;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What the running worker says of a document.
 *
 * @param admin where it was asked
 * @param failure why it said nothing; null if it did
 * @param report its answer; null if it gave none
 */
record WorkerFacts(URI admin, @Nullable String failure, @Nullable KeyReport report) {

  /** What the leader knows; null if it was not reached. */
  KeyReport.@Nullable Worker leader() {
    return report == null ? null : report.worker();
  }

  KeyReport.@Nullable Dirty dirty() {
    KeyReport.Worker leader = leader();
    return leader == null ? null : leader.dirty();
  }
}

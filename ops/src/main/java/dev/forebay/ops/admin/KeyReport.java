package dev.forebay.ops.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sync process says of one document at {@code /explain}; the JSON has the names used here.
 *
 * @param instance which Forebay of the database
 * @param key as documents have it, without the instance's prefix
 * @param lease whether the process leads or stands by
 * @param worker what a leader knows; null in a standby
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyReport(
    String instance, String key, StatusReport.Lease lease, @Nullable Worker worker) {

  /**
   * What holds for every document, and for this one.
   *
   * @param syncLagSeconds how far KV is behind PostgreSQL
   * @param dirtyDocuments waiting to be settled
   * @param requestsReady whether a request to KV could be sent now; if not, the budget is used up
   *     or KV refuses all
   * @param kvFailure what went wrong with the last request to KV; null if nothing did
   * @param problems why the worker cannot do its job now
   * @param dirty where this document is; null if it is not dirty
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Worker(
      double syncLagSeconds,
      int dirtyDocuments,
      boolean requestsReady,
      @Nullable String kvFailure,
      List<String> problems,
      @Nullable Dirty dirty) {
    public Worker {
      problems = List.copyOf(problems);
    }
  }

  /**
   * A dirty document.
   *
   * @param stage {@code waiting}, {@code spaced}, {@code retrying} or {@code claimed}
   * @param lane {@code live} or {@code resync}
   * @param attempts that failed since it was last settled
   * @param dueInSeconds until it may be taken out
   * @param ahead documents that go first, about
   * @param since when it became dirty
   * @param oldestCommit commit time of the oldest change that KV lacks; null if there is none
   * @param failure why the last attempt failed; null if none did
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Dirty(
      String stage,
      String lane,
      int attempts,
      double dueInSeconds,
      int ahead,
      Instant since,
      @Nullable Instant oldestCommit,
      @Nullable String failure) {}
}

package dev.forebay.ops.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one process says about itself at {@code /status}; the JSON has the names used here.
 *
 * @param process {@code api}, {@code sync} or {@code dev}
 * @param instance which Forebay of the database
 * @param startedAt when the process started
 * @param checks as {@code /readyz} sees them
 * @param lease whether a sync process leads or stands by; null for others
 * @param sync the leading sync worker's part; null where none runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatusReport(
    String process,
    String instance,
    Instant startedAt,
    List<Check.Result> checks,
    @Nullable Lease lease,
    @Nullable Sync sync) {
  public StatusReport {
    checks = List.copyOf(checks);
  }

  /** True if every check is ready. */
  @JsonProperty("ready")
  public boolean ready() {
    return checks.stream().allMatch(Check.Result::ready);
  }

  /**
   * The right to write KV.
   *
   * @param role {@code leader}, {@code standby}, or {@code halted}: a leader that writes nothing
   * @param term of the lease now; null if unknown
   * @param holder which process has it, or had it last; null if unknown
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Lease(String role, @Nullable Long term, @Nullable String holder) {}

  /**
   * How true the documents in KV are.
   *
   * @param syncLagSeconds how far KV is behind PostgreSQL
   * @param slot the replication slot
   * @param transactionsInFlight transactions not acknowledged
   * @param dirtyDocuments waiting to be settled
   * @param deadLetters documents given up until they change again; null if unknown
   * @param kv how the last request to KV ended: {@code ok}, or what went wrong
   * @param spend what writing to KV costs; null if unknown
   * @param term of the lease
   * @param models in the order of forebay.yaml
   * @param verified the last round of the worker's own verification; null before one is over
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Sync(
      double syncLagSeconds,
      Slot slot,
      int transactionsInFlight,
      int dirtyDocuments,
      @Nullable Long deadLetters,
      String kv,
      @Nullable Spend spend,
      long term,
      List<Model> models,
      @Nullable Verified verified) {
    public Sync {
      models = List.copyOf(models);
    }
  }

  /**
   * A round of verification.
   *
   * @param end when it was over
   * @param seconds that it took
   * @param documents that were compared
   * @param wrong of them in KV, or keys that must not be there
   * @param repaired those that the worker writes again
   */
  public record Verified(Instant end, long seconds, long documents, long wrong, long repaired) {}

  /**
   * The replication slot.
   *
   * @param name in PostgreSQL
   * @param capturing whether an engine reads from it
   * @param confirmed the position up to which everything is acknowledged; null if unknown
   * @param retainedBytes write-ahead log it keeps on the database's disk; null if unknown
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Slot(
      String name, boolean capturing, @Nullable String confirmed, @Nullable Long retainedBytes) {}

  /**
   * One read model.
   *
   * @param name in forebay.yaml
   * @param documents settled in KV; null if unknown
   * @param held documents that wait because the day's writes run short
   * @param resync where all of its documents are being looked at again, else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Model(String name, @Nullable Long documents, long held, @Nullable Resync resync) {}

  /**
   * What writing to KV costs; days and months are UTC.
   *
   * @param writesToday pairs written
   * @param writesPerDay how many there may be; null without a cap
   * @param writesThisMonth pairs written
   * @param deletesThisMonth keys deleted
   * @param writesProjected by the end of the month, if its days go on like the usual one of late;
   *     null before there is one to go by
   * @param dollarsProjected for writes and deletes, at list price and beyond the free ones; null as
   *     above
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Spend(
      long writesToday,
      @Nullable Long writesPerDay,
      long writesThisMonth,
      long deletesThisMonth,
      @Nullable Long writesProjected,
      @Nullable Double dollarsProjected) {}

  /**
   * A look at all documents of a model.
   *
   * @param reason why
   * @param settled documents so far
   * @param total about how many there are; null until it has begun
   * @param perSecond documents settled per second; null if unknown
   * @param secondsLeft at that pace; null if unknown
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Resync(
      String reason,
      long settled,
      @Nullable Long total,
      @Nullable Double perSecond,
      @Nullable Long secondsLeft) {}
}

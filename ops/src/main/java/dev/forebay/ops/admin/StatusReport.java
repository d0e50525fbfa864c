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
   * @param term of the lease
   * @param models in the order of forebay.yaml
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Sync(
      double syncLagSeconds,
      Slot slot,
      int transactionsInFlight,
      int dirtyDocuments,
      @Nullable Long deadLetters,
      String kv,
      long term,
      List<Model> models) {
    public Sync {
      models = List.copyOf(models);
    }
  }

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
   * @param resync where all of its documents are being looked at again, else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Model(String name, @Nullable Long documents, @Nullable Resync resync) {}

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

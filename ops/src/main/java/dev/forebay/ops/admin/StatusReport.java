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
 * @param sync the sync worker's part; null where none runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatusReport(
    String process,
    String instance,
    Instant startedAt,
    List<Check.Result> checks,
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
   * How true the documents in KV are.
   *
   * @param role {@code leader} or {@code standby}
   * @param syncLagSeconds how far KV is behind PostgreSQL; null while nothing is known
   * @param slot the replication slot
   * @param dirtyDocuments waiting to be settled
   * @param deadLetters documents given up until they change again
   * @param kv {@code ok}, or what KV answers
   * @param models in the order of forebay.yaml
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Sync(
      String role,
      @Nullable Double syncLagSeconds,
      Slot slot,
      long dirtyDocuments,
      long deadLetters,
      String kv,
      List<Model> models) {
    public Sync {
      models = List.copyOf(models);
    }
  }

  /**
   * The replication slot.
   *
   * @param name in PostgreSQL
   * @param state {@code streaming}, or what is wrong
   * @param retainedBytes write-ahead log it keeps on the database's disk; null if unknown
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Slot(String name, String state, @Nullable Long retainedBytes) {}

  /**
   * One read model.
   *
   * @param name in forebay.yaml
   * @param documents settled in KV
   * @param state {@code live}, or the job that is going over all of them
   */
  public record Model(String name, long documents, String state) {}
}

package dev.forebay.ops.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.ledger.DeadLetter;
import dev.forebay.ledger.LedgerEntry;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.ops.admin.KeyReport;
import dev.forebay.ops.admin.StatusJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An explanation for scripts: one object, without any row value. */
public final class ExplainJson {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Json(
      String key,
      String model,
      @Nullable Boolean right,
      String conclusion,
      Kv kv,
      @Nullable Ledger ledger,
      Database database,
      @Nullable KeyReport worker,
      @Nullable String workerFailure) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Kv(
      @Nullable String failure,
      @Nullable String hash,
      @Nullable Integer bytes,
      @Nullable String version,
      @Nullable Instant committed,
      @Nullable String history) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Ledger(
      @Nullable String hash,
      @Nullable Integer bytes,
      @Nullable String version,
      @Nullable Instant settledAt,
      @Nullable String openOperation,
      @Nullable Instant openUntil,
      @Nullable Instant suspectUntil,
      @Nullable String deadLetter,
      @Nullable Integer deadAttempts,
      boolean requested,
      boolean held,
      @Nullable String resync,
      @Nullable Long resyncSettled,
      @Nullable Long resyncTotal) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Database(
      @Nullable String unknown,
      @Nullable String fault,
      @Nullable String hash,
      @Nullable Integer bytes,
      String snapshot) {}

  private ExplainJson() {}

  /** Returns one object; {@code right} is missing where nobody can say. */
  public static String render(Explanation facts) throws JsonProcessingException {
    LedgerEntry ledger = facts.ledger();
    return StatusJson.write(
        new Json(
            facts.key().kvKey(),
            facts.key().model(),
            facts.isKnown() ? facts.isRight() : null,
            Conclusion.of(facts),
            kv(facts.kv()),
            ledger == null ? null : ledger(ledger),
            database(facts.database()),
            facts.worker().report(),
            facts.worker().failure()));
  }

  private static Kv kv(KvFacts kv) {
    DocumentMetadata label = kv.label();
    return new Kv(
        kv.failure(),
        kv.hash(),
        kv.digest() == null ? null : kv.digest().bytes(),
        label == null ? null : label.snapshot().toString(),
        label == null ? null : label.committed(),
        label == null ? null : label.history());
  }

  private static Ledger ledger(LedgerEntry ledger) {
    LedgerEntry.Stored stored = ledger.stored();
    LedgerEntry.Open open = ledger.open();
    DeadLetter dead = ledger.dead();
    LedgerEntry.ModelState model = ledger.model();
    LedgerEntry.ModelState begun =
        model != null && model.resync() != null && model.total() >= 0 ? model : null;
    return new Ledger(
        stored == null ? null : stored.hash(),
        stored == null ? null : stored.bytes(),
        stored == null ? null : stored.snapshot().toString(),
        stored == null ? null : stored.settledAt(),
        open == null ? null : open.operation(),
        open == null ? null : open.deadline(),
        ledger.suspectUntil(),
        dead == null ? null : dead.reason(),
        dead == null ? null : dead.attempts(),
        ledger.requested(),
        ledger.held(),
        model == null ? null : model.resync(),
        begun == null ? null : begun.settled(),
        begun == null ? null : begun.total());
  }

  private static Database database(DatabaseFacts database) {
    return new Database(
        database.unknown(),
        database.fault(),
        database.hash(),
        database.digest() == null ? null : database.digest().bytes(),
        database.snapshot().toString());
  }
}

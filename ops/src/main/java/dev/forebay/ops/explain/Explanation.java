package dev.forebay.ops.explain;

import dev.forebay.ledger.LedgerEntry;
import dev.forebay.model.DocumentKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One document as KV, the ledger, PostgreSQL and the worker have it.
 *
 * @param key the document
 * @param prefix of the instance's keys in KV
 * @param kv was asked first: what changes meanwhile makes PostgreSQL newer
 * @param ledger in the same snapshot as the document; null if there is no ledger
 * @param database the document
 * @param worker was asked last
 * @param cached whether KV may show for a minute what it held before
 */
public record Explanation(
    DocumentKey key,
    String prefix,
    KvFacts kv,
    @Nullable LedgerEntry ledger,
    DatabaseFacts database,
    WorkerFacts worker,
    boolean cached) {

  /** Whether KV holds what PostgreSQL says; false also where either is not known. */
  public boolean isRight() {
    return isKnown() && Objects.equals(kv.hash(), database.hash());
  }

  /** Whether it can be said that KV is right or wrong; of a dead letter it can. */
  public boolean isDecided() {
    return isKnown() || database.fault() != null;
  }

  /** Whether both KV and PostgreSQL say what they hold. */
  boolean isKnown() {
    return kv.failure() == null && database.isKnown();
  }

  /** What KV holds by the ledger; null: nothing, or there is no ledger. */
  @Nullable String ledgerHash() {
    LedgerEntry.Stored stored = ledger == null ? null : ledger.stored();
    return stored == null ? null : stored.hash();
  }

  /** How KV is wrong, in a word. */
  String kind() {
    if (kv.hash() == null) {
      return "missing";
    } else if (database.hash() == null) {
      return "extra";
    }
    return Objects.equals(kv.hash(), ledgerHash()) ? "stale" : "different";
  }

  /** Whether nothing explains yet why KV is wrong, so that a second look may. */
  boolean isUnexplained() {
    return isKnown() && !isRight() && worker.leader() != null && worker.dirty() == null;
  }
}

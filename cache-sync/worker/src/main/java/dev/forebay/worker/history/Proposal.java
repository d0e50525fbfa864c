package dev.forebay.worker.history;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.History;
import dev.forebay.ledger.LedgerException;

/**
 * What a person sees who asks whether something is to be adopted, and may agree to.
 *
 * @param seen what ledger, database and KV say
 * @param verdict what a leader makes of it
 */
public record Proposal(Observation seen, Verdict verdict) {

  /**
   * Looks at all three, and changes nothing.
   *
   * @throws LedgerException if the database cannot be asked
   * @throws KvException if KV cannot
   */
  public static Proposal look(HistoryConfig config, HistoryParts parts) {
    Observation seen = new HistoryLook(config, parts).observe();
    return new Proposal(seen, Comparison.of(seen, config));
  }

  /** Whether a leader waits for consent. */
  public boolean isNeeded() {
    return switch (verdict) {
      case Verdict.Halt halt -> !isAgreed();
      case Verdict.Watch watch -> !isAgreed();
      case Verdict.FailedOver failedOver -> false;
      case Verdict.Begin begin -> false;
      case Verdict.InStep inStep -> false;
      case Verdict.LookAgain again -> false;
    };
  }

  /** Whether somebody has agreed already, and the leader has not done it yet. */
  public boolean isAgreed() {
    String consent = seen.ledger().consent();
    return consent != null
        && Consent.parse(consent).filter(given -> given.covers(seen)).isPresent();
  }

  /** Agrees, to exactly this: whoever leads adopts it, within seconds, if it is still so. */
  public void agree(History ledger) {
    ledger.consent(Consent.to(seen).toJson());
  }
}

package dev.forebay.worker.history;

import dev.forebay.ledger.History.State;
import dev.forebay.ledger.Server;
import dev.forebay.worker.history.Verdict.Halt;
import dev.forebay.worker.history.Verdict.Reason;
import java.time.Duration;

/**
 * Decides what an observation means. Pure.
 *
 * <p>Why a nonce tells so much: only a leader changes it, in the ledger first. A ledger that was
 * restored or copied does not know what was written later, so that KV holds a nonce it never heard
 * of. One that it wrote earlier is harmless: KV may show an old value, and a call may land late.
 */
public final class Comparison {

  private final HistoryConfig config;
  private final Observation seen;
  private final State ledger;

  private Comparison(HistoryConfig config, Observation seen) {
    this.config = config;
    this.seen = seen;
    this.ledger = seen.ledger();
  }

  /** Returns whether a leader that observes this may write. */
  public static Verdict of(Observation seen, HistoryConfig config) {
    return new Comparison(config, seen).verdict();
  }

  private Verdict verdict() {
    if (ledger.adopting() != null) {
      return new Halt(
          Reason.ADOPTION_DISTURBED,
          "another history was being started, and the database or KV is no longer what was"
              + " agreed to then");
    }
    Verdict ofKv = seen.control() == null ? withoutControlKey() : withControlKey(seen.control());
    if (ofKv instanceof Halt && mayBeStale()) {
      return new Verdict.LookAgain(config.staleFor().minus(sinceRotation()));
    }
    return ofKv;
  }

  /** Whether KV may not show yet what this history wrote into the control key. */
  private boolean mayBeStale() {
    return ledger.sinceRotation() != null && sinceRotation().compareTo(config.staleFor()) < 0;
  }

  private Duration sinceRotation() {
    return ledger.sinceRotation() == null ? config.staleFor() : ledger.sinceRotation();
  }

  private Verdict withoutControlKey() {
    boolean written = ledger.nonce() != null;
    if (ledger.hasDocuments()) {
      // A ledger of an older Forebay has no nonce: it is given one.
      return written ? new Halt(Reason.KV_IS_EMPTY, emptied()) : new Verdict.Begin();
    }
    if (seen.found() != null) {
      return new Halt(
          Reason.KV_IS_NOT_EMPTY,
          ("KV namespace %s holds documents, such as %s, of which this database's ledger"
                  + " knows nothing: the ledger was dropped, or the namespace is that of another"
                  + " Forebay")
              .formatted(seen.namespace(), seen.found()));
    }
    if (seen.idle() != null) {
      return new Halt(
          Reason.OTHER_INSTANCE,
          ("this instance has published nothing, and another one of this database, with"
                  + " schema %s, has documents in KV namespace %s and nobody leads it:"
                  + " FOREBAY_INSTANCE was changed")
              .formatted(seen.idle(), seen.namespace()));
    }
    return new Verdict.Begin();
  }

  private String emptied() {
    String former = ledger.namespace();
    return former == null || former.equals(seen.namespace())
        ? ("KV namespace %s holds no control key, although documents were written there: it"
                + " was emptied")
            .formatted(seen.namespace())
        : ("the documents are in KV namespace %s, and the configured one, %s, is not known to"
                + " hold any")
            .formatted(former, seen.namespace());
  }

  private Verdict withControlKey(String text) {
    ControlKey control = seen.controlKey().orElse(null);
    if (control == null) {
      return new Halt(
          Reason.UNREADABLE,
          "the control key in KV namespace %s holds %d characters that are not Forebay's"
              .formatted(seen.namespace(), text.length()));
    }
    if (!control.history().equals(ledger.id())) {
      return new Halt(
          Reason.OTHER_HISTORY,
          "KV namespace %s belongs to another history than this database (%s): %s"
              .formatted(seen.namespace(), ledger.id(), control.about()));
    }
    if (!ledger.nonces().contains(control.nonce())) {
      return new Halt(
          Reason.OUT_OF_STEP,
          ("KV namespace %s has gone on without this database, which was restored to an"
                  + " earlier point, or is a copy of one that goes on elsewhere: %s")
              .formatted(seen.namespace(), control.about()));
    }
    Server former = ledger.server();
    return former == null ? new Verdict.InStep() : onServer(former, ledger.now());
  }

  private Verdict onServer(Server former, Server now) {
    if (!former.systemIdentifier().equals(now.systemIdentifier())) {
      return new Halt(
          Reason.OTHER_SERVER,
          ("the database is on another server: system %s, and was on %s; a dump was restored,"
                  + " or pg_upgrade has run")
              .formatted(now.systemIdentifier(), former.systemIdentifier()));
    }
    if (former.timeline() != now.timeline()) {
      return config.continueAfterFailover()
          ? new Verdict.FailedOver()
          : new Halt(
              Reason.OTHER_TIMELINE,
              ("the database is on timeline %d, and was on %d: a standby or a clone was"
                      + " promoted, or it was restored to a point in time")
                  .formatted(now.timeline(), former.timeline()));
    }
    boolean moved =
        former.place() != null && now.place() != null && !former.place().equals(now.place());
    return moved ? new Verdict.Watch() : new Verdict.InStep();
  }
}

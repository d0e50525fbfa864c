package dev.forebay.ops.explain;

import dev.forebay.ledger.DeadLetter;
import dev.forebay.ledger.LedgerEntry;
import dev.forebay.model.Snapshot;
import dev.forebay.ops.admin.KeyReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What all the facts come to, in one sentence. A pure function of them. */
public final class Conclusion {

  /** Below it lag is what every change needs. */
  private static final double USUAL_LAG_SECONDS = 2;

  /** KV caches what it has read for "60 seconds or more". */
  private static final Duration CACHED = Duration.ofSeconds(90);

  private static final String NOT_READ = "the log is not being read";
  private static final String KV_FAILS = "KV does not accept documents";

  private final Explanation facts;

  private Conclusion(Explanation facts) {
    this.facts = facts;
  }

  /** Concludes. */
  public static String of(Explanation facts) {
    return new Conclusion(facts).sentence();
  }

  private String sentence() {
    DatabaseFacts database = facts.database();
    if (database.unknown() != null) {
      return database.unknown();
    }
    if (database.fault() != null) {
      return "dead letter: "
          + database.fault()
          + "; KV keeps what it has until the row or the model is mended";
    }
    if (facts.kv().failure() != null) {
      return "KV does not answer, so that nobody can say what it holds; "
          + (Objects.equals(facts.ledgerHash(), database.hash())
              ? "by the ledger it holds what PostgreSQL says"
              : "by the ledger it does not hold what PostgreSQL says, and " + reason());
    }
    return facts.isRight() ? right() : facts.kind() + what() + ": " + reason();
  }

  private String right() {
    if (facts.database().hash() == null) {
      return "there is no such document, in PostgreSQL or in KV";
    }
    return "KV holds what PostgreSQL says"
        + (facts.worker().dirty() == null ? "" : "; the worker is about to look at it again");
  }

  private String what() {
    return switch (facts.kind()) {
      case "extra" -> ", no row owns this key";
      case "different" -> ", KV holds what Forebay did not write";
      default -> "";
    };
  }

  /** Why KV is not given what PostgreSQL says, or when it will be. */
  private String reason() {
    LedgerEntry ledger = facts.ledger();
    KeyReport.Dirty dirty = facts.worker().dirty();
    DeadLetter dead = ledger == null ? null : ledger.dead();
    if (dead != null && dirty == null) {
      return "a dead letter, "
          + dead.reason()
          + (dead.retrying() ? "; another attempt is asked for" : "; forebay dead retry " + key());
    }
    String unasked = unasked();
    if (unasked != null) {
      return unasked;
    }
    return dirty == null ? unknown(ledger) : known(dirty);
  }

  /** Why the worker could not be asked; null if it was. */
  private @Nullable String unasked() {
    WorkerFacts worker = facts.worker();
    if (worker.failure() != null) {
      return "the worker does not answer at "
          + worker.admin()
          + ": start forebay sync, or say with --admin where it is";
    }
    if (worker.leader() == null) {
      KeyReport report = worker.report();
      String holder = report == null ? null : report.lease().holder();
      return "the process at "
          + worker.admin()
          + " stands by and knows nothing: ask the leader"
          + (holder == null ? "" : ", " + holder)
          + ", with --admin";
    }
    return null;
  }

  private String known(KeyReport.Dirty dirty) {
    String due = seconds(dirty.dueInSeconds());
    return switch (dirty.stage()) {
      case "claimed" -> "the worker is building or writing it now" + kvFailure();
      case "spaced" -> "the worker knows and will write it in about " + due;
      case "retrying" ->
          "the worker knows, has failed "
              + times(dirty.attempts())
              + failure(dirty)
              + " and tries again in about "
              + due;
      default -> "the worker knows and will write it soon" + waiting(dirty);
    };
  }

  private String kvFailure() {
    KeyReport.Worker worker = facts.worker().leader();
    String failure = worker == null ? null : worker.kvFailure();
    return failure == null ? "" : ", but KV's last answer was: " + failure;
  }

  private String waiting(KeyReport.Dirty dirty) {
    KeyReport.Worker worker = facts.worker().leader();
    StringBuilder text = new StringBuilder();
    if (dirty.attempts() > 0 && dirty.failure() != null) {
      text.append(" again, after ").append(times(dirty.attempts())).append(failure(dirty));
    }
    if (dirty.ahead() > 0) {
      text.append(String.format(Locale.ROOT, ", after about %,d others", dirty.ahead()));
    }
    if (worker != null && !worker.requestsReady()) {
      text.append("; no request to KV is left in the budget now");
    }
    return text.toString();
  }

  private static String failure(KeyReport.Dirty dirty) {
    return dirty.failure() == null ? "" : " (" + dirty.failure() + ")";
  }

  private static String times(int attempts) {
    return attempts == 1 ? "once" : attempts + " times";
  }

  /** The document is not dirty, and KV is wrong. */
  private String unknown(@Nullable LedgerEntry ledger) {
    KeyReport.Worker worker = Objects.requireNonNull(facts.worker().leader());
    String problem = problem(worker.problems());
    if (problem != null) {
      return problem;
    }
    if (ledger != null && ledger.held()) {
      return "it waits because the day's writes run short (FOREBAY_KV_WRITES_PER_DAY)";
    }
    if (ledger != null && (ledger.requested() || ledger.suspectUntil() != null)) {
      return "the worker was asked to write it again, and does so within seconds";
    }
    if (isBeforeResync(ledger)) {
      return "the resync of " + facts.key().model() + " is under way and has not reached it";
    }
    if (worker.syncLagSeconds() > USUAL_LAG_SECONDS) {
      return "the change may still be in the log, KV is "
          + seconds(worker.syncLagSeconds())
          + " behind PostgreSQL";
    }
    if (isJustWritten(ledger)) {
      return "it was written moments ago, and KV may show for a minute what it held before";
    }
    return "the worker does not know: "
        + (Objects.equals(facts.ledgerHash(), facts.database().hash())
            ? "forebay verify --key " + key() + " --repair"
            : "forebay resync " + facts.key().model() + " --key " + key());
  }

  private @Nullable String problem(List<String> problems) {
    String stopped = "the model " + facts.key().model() + " has stopped";
    return problems.stream()
        .filter(
            one -> one.startsWith(NOT_READ) || one.startsWith(KV_FAILS) || one.startsWith(stopped))
        .findFirst()
        .orElse(null);
  }

  private boolean isBeforeResync(@Nullable LedgerEntry ledger) {
    if (ledger == null || ledger.model() == null || ledger.model().resync() == null) {
      return false;
    }
    LedgerEntry.Stored stored = ledger.stored();
    Snapshot since = ledger.model().since();
    boolean passed = since != null && stored != null && stored.snapshot().seesAllOf(since);
    // What the ledger believes to be right a resync leaves alone.
    return !passed && !Objects.equals(facts.ledgerHash(), facts.database().hash());
  }

  private boolean isJustWritten(@Nullable LedgerEntry ledger) {
    LedgerEntry.Stored stored = ledger == null ? null : ledger.stored();
    return facts.cached()
        && stored != null
        && stored.hash().equals(facts.database().hash())
        && Duration.between(stored.settledAt(), facts.database().time()).compareTo(CACHED) < 0;
  }

  private String key() {
    return shellWord(facts.key().kvKey());
  }

  /** A key may hold what a shell would read as something else. */
  private static String shellWord(String text) {
    return text.matches("[A-Za-z0-9_.:%/@+,=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  static String seconds(double seconds) {
    return seconds < 120
        ? String.format(Locale.ROOT, "%.0f s", Math.ceil(seconds))
        : String.format(Locale.ROOT, "%,.0f min", Math.ceil(seconds / 60));
  }
}

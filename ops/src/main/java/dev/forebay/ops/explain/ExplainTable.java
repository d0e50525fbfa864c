package dev.forebay.ops.explain;

import dev.forebay.ledger.DeadLetter;
import dev.forebay.ledger.LedgerEntry;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.ops.admin.KeyReport;
import dev.forebay.ops.plan.show.JsonLines;
import dev.forebay.ops.plan.show.LineDiff;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An explanation for a terminal, the conclusion last. */
public final class ExplainTable {

  private static final int HASH = 12;
  private static final int LABEL = 12;
  private static final double MILLIS = 1e3;
  private static final double DAY_SECONDS = 86_400;
  private static final String LATER = " ".repeat(LABEL);

  private final Explanation facts;
  private final StringBuilder text = new StringBuilder();

  private ExplainTable(Explanation facts) {
    this.facts = facts;
  }

  /** Renders it on one screen; the last line ends with a line feed. */
  public static String render(Explanation facts) {
    ExplainTable table = new ExplainTable(facts);
    table.line(facts.prefix() + facts.key().kvKey());
    table.database();
    table.ledger();
    table.kv();
    table.row("agreement", table.agreement());
    table.worker();
    return table.line(Conclusion.of(facts)).text.toString();
  }

  /**
   * Renders what differs between KV's document and the database's, which are row values.
   *
   * @return empty if they are equal
   */
  public static String difference(Explanation facts) {
    List<String> lines = LineDiff.of(lines(facts.kv().value()), lines(facts.database().json()));
    if (lines.isEmpty()) {
      return "";
    }
    return "--- KV\n+++ PostgreSQL\n" + String.join("\n", lines) + "\n";
  }

  private static List<String> lines(@Nullable String json) {
    if (json == null) {
      return List.of();
    }
    try {
      return JsonLines.of(json);
    } catch (UncheckedIOException e) {
      return List.of("(no JSON: " + json.length() + " characters)");
    }
  }

  private void database() {
    DatabaseFacts database = facts.database();
    String what =
        database.unknown() != null
            ? "unknown: " + database.unknown()
            : database.fault() != null
                ? database.fault()
                : digest(database.digest(), "no row owns the key");
    row("postgres", what + ", snapshot " + database.snapshot());
    line(LATER + database.owner());
  }

  private void ledger() {
    LedgerEntry ledger = facts.ledger();
    if (ledger == null) {
      row("ledger", "none: forebay sync has never run for this instance");
      return;
    }
    LedgerEntry.Stored stored = ledger.stored();
    row(
        "ledger",
        stored == null
            ? "KV was given nothing"
            : digest(new DocumentDigest(stored.hash(), stored.bytes()), "")
                + ", version "
                + stored.snapshot()
                + ", settled "
                + time(stored.settledAt()));
    LedgerEntry.Open open = ledger.open();
    if (open != null) {
      line(
          LATER
              + "open "
              + open.operation()
              + (open.hash() == null ? "" : " of " + hash(open.hash()))
              + ", may land until "
              + time(open.deadline()));
    }
    if (ledger.suspectUntil() != null) {
      line(LATER + "suspect: to be asserted at once and at " + time(ledger.suspectUntil()));
    }
    DeadLetter dead = ledger.dead();
    if (dead != null) {
      line(
          LATER
              + "dead letter: "
              + dead.reason()
              + ", attempts: "
              + dead.attempts()
              + ", last "
              + time(dead.last())
              + (dead.retrying() ? ", retry asked" : ""));
    }
    if (ledger.requested()) {
      line(
          LATER
              + (ledger.held()
                  ? "held, the day's writes run short"
                  : "requested, not settled since"));
    }
    resync(ledger.model());
  }

  private void resync(LedgerEntry.@Nullable ModelState model) {
    if (model == null) {
      line(LATER + "no worker has published the model " + facts.key().model());
    } else if (model.resync() != null) {
      line(
          LATER
              + "resync of "
              + facts.key().model()
              + " ("
              + model.resync()
              + "): "
              + (model.total() < 0
                  ? "not begun"
                  : String.format(Locale.ROOT, "%,d of %,d", model.settled(), model.total())));
    }
  }

  private void kv() {
    KvFacts kv = facts.kv();
    if (kv.failure() != null) {
      row("kv", "unknown: " + kv.failure());
      return;
    }
    row("kv", digest(kv.digest(), "no such key"));
    DocumentMetadata label = kv.label();
    if (label != null) {
      line(
          LATER
              + "labelled "
              + hash(label.hash())
              + ", version "
              + label.snapshot()
              + ", committed "
              + time(label.committed()));
      line(LATER + "history " + label.history());
    } else if (kv.digest() != null) {
      line(LATER + "without a label of ours");
    }
  }

  private String agreement() {
    if (!facts.isKnown()) {
      return "cannot be told";
    }
    boolean kvAndDatabase = facts.isRight();
    boolean kvAndLedger = Objects.equals(facts.kv().hash(), facts.ledgerHash());
    boolean both = Objects.equals(facts.ledgerHash(), facts.database().hash());
    if (facts.ledger() == null) {
      return kvAndDatabase ? "KV and PostgreSQL agree" : "KV and PostgreSQL differ";
    } else if (kvAndDatabase) {
      return kvAndLedger ? "all three agree" : "KV and PostgreSQL agree, the ledger differs";
    } else if (kvAndLedger) {
      return "KV and the ledger agree, PostgreSQL differs";
    }
    return both ? "the ledger and PostgreSQL agree, KV differs" : "each of the three differs";
  }

  private void worker() {
    WorkerFacts worker = facts.worker();
    KeyReport report = worker.report();
    KeyReport.Worker leader = worker.leader();
    if (report == null) {
      row("worker", "unknown: " + worker.failure());
      return;
    }
    if (leader == null) {
      row("worker", report.lease().role() + ", the lease is held by " + report.lease().holder());
      return;
    }
    row(
        "worker",
        String.format(
            Locale.ROOT,
            "leads, %.1f s behind, dirty documents: %,d%s",
            leader.syncLagSeconds(),
            leader.dirtyDocuments(),
            leader.requestsReady() ? "" : ", no request to KV left in the budget"));
    KeyReport.Dirty dirty = leader.dirty();
    line(LATER + (dirty == null ? "this document is not dirty" : dirty(dirty)));
    if (leader.kvFailure() != null) {
      line(LATER + "last request to KV: " + leader.kvFailure());
    }
    leader.problems().forEach(problem -> line(LATER + "problem: " + problem));
  }

  private static String dirty(KeyReport.Dirty dirty) {
    String stage =
        switch (dirty.stage()) {
          case "claimed" -> "being built or published";
          case "spaced" -> "waiting for the key's spacing, " + wait(dirty);
          case "retrying" ->
              "retrying in " + wait(dirty) + ", failed attempts: " + dirty.attempts();
          default ->
              String.format(Locale.ROOT, "waiting to be built, about %,d ahead", dirty.ahead());
        };
    return "dirty since "
        + time(dirty.since())
        + " ("
        + dirty.lane()
        + "): "
        + stage
        + (dirty.failure() == null ? "" : ", last error: " + dirty.failure())
        + (dirty.oldestCommit() == null
            ? ""
            : ", oldest change committed " + time(dirty.oldestCommit()));
  }

  private static String wait(KeyReport.Dirty dirty) {
    return Conclusion.seconds(dirty.dueInSeconds());
  }

  private static String digest(@Nullable DocumentDigest digest, String none) {
    return digest == null
        ? none
        : String.format(Locale.ROOT, "hash %s, bytes: %,d", hash(digest.hash()), digest.bytes());
  }

  private static String hash(String hash) {
    return hash.substring(0, Math.min(HASH, hash.length()));
  }

  private static String time(Instant time) {
    String at = time.truncatedTo(ChronoUnit.MILLIS).toString();
    double ago = Duration.between(time, Instant.now()).toMillis() / MILLIS;
    return ago < 0 || ago > DAY_SECONDS ? at : at + " (" + Conclusion.seconds(ago) + " ago)";
  }

  private void row(String label, String value) {
    line(label + " ".repeat(LABEL - label.length()) + value);
  }

  private ExplainTable line(String line) {
    text.append(line).append('\n');
    return this;
  }
}

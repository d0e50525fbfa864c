package dev.forebay.ops.adopt;

import dev.forebay.ledger.History;
import dev.forebay.ledger.Server;
import dev.forebay.worker.history.Observation;
import dev.forebay.worker.history.Proposal;
import dev.forebay.worker.history.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A proposal in words. */
public final class AdoptReport {

  private AdoptReport() {}

  /** What the three say, and what is wrong; the last line ends with a line feed. */
  public static String found(Proposal proposal) {
    Observation seen = proposal.seen();
    History.State ledger = seen.ledger();
    StringBuilder text = new StringBuilder();
    line(text, "ledger", "history " + ledger.id() + ", last seen on " + server(ledger.server()));
    line(text, "database", server(ledger.now()));
    line(text, "kv", "namespace " + seen.namespace() + ", " + control(seen));
    line(text, "found", verdict(proposal));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-9s %s%n", name, value));
  }

  private static String server(@Nullable Server server) {
    if (server == null) {
      return "no database yet";
    }
    String place = server.place() == null ? "" : ", place " + server.place();
    return "system " + server.systemIdentifier() + ", timeline " + server.timeline() + place;
  }

  private static String control(Observation seen) {
    return seen.control() == null
        ? "no control key"
        : seen.controlKey().map(key -> key.about()).orElse("a control key of other hands");
  }

  private static String verdict(Proposal proposal) {
    return switch (proposal.verdict()) {
      case Verdict.Begin begin -> "nothing was published yet, and nothing is wrong";
      case Verdict.InStep inStep -> "KV belongs to this database, and nothing is wrong";
      case Verdict.Watch watch ->
          "the data directory was moved, or copied beside one that goes on; the leader watches KV"
              + " until it knows";
      case Verdict.LookAgain again ->
          "KV may show an old state for another "
              + again.after().toSeconds()
              + " s; ask again then";
      case Verdict.FailedOver failedOver ->
          "the database has failed over; FOREBAY_ON_FAILOVER lets the leader adopt it by itself";
      case Verdict.Halt halt -> halt.reason() + ": " + halt.found();
    };
  }

  /** What adopting would do, and what it costs. */
  public static String plan(AdoptDesk.Cost cost) {
    return String.format(
        Locale.ROOT,
        """
        To adopt means: what the database says now becomes true in KV. KV is listed (about %,d \
        requests) and goes on serving; documents that differ are written, at most %,d (at most \
        $%.2f at list price); documents that no row owns are deleted; equal ones cost nothing.
        Be sure that no other database writes to this namespace, and that this one is the right \
        one. Then: forebay adopt --yes
        """,
        cost.lists(),
        cost.writes(),
        cost.dollars());
  }
}

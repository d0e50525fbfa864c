package dev.forebay.ops.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.KvEntry;
import dev.forebay.ledger.DeadLetter;
import dev.forebay.ledger.LedgerEntry;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.ops.admin.KeyReport;
import dev.forebay.ops.admin.StatusReport;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One sentence for each reason why KV may be wrong. */
class ConclusionTest {

  private static final DocumentKey KEY =
      new DocumentKey("article", List.of("a b"), "article:a%20b");
  private static final Snapshot VERSION = Snapshot.parse("10:10:");
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
  private static final URI ADMIN = URI.create("http://127.0.0.1:8081");
  private static final String OLD = "{\"v\": 1}";
  private static final String NEW = "{\"v\": 2}";

  private @Nullable String held = OLD;
  private @Nullable String wanted = NEW;
  private @Nullable String given = OLD;
  private @Nullable DeadLetter dead;
  private boolean requested;
  private boolean isHeld;
  private LedgerEntry.@Nullable ModelState model;
  private double lag;
  private List<String> problems = List.of();
  private KeyReport.@Nullable Dirty dirty;
  private boolean cached;
  private Instant settledAt = NOW.minusSeconds(3_600);
  private WorkerFacts worker = new WorkerFacts(ADMIN, null, null);

  private Explanation leader() {
    worker =
        new WorkerFacts(
            ADMIN,
            null,
            new KeyReport(
                "forebay",
                KEY.kvKey(),
                new StatusReport.Lease("leader", 7L, "me"),
                new KeyReport.Worker(lag, 3, true, null, problems, dirty)));
    return facts();
  }

  private Explanation facts() {
    DocumentDigest written = given == null ? null : DocumentDigest.of(given);
    LedgerEntry ledger =
        new LedgerEntry(
            written == null
                ? null
                : new LedgerEntry.Stored(written.hash(), written.bytes(), VERSION, settledAt),
            null,
            null,
            dead,
            requested,
            isHeld,
            model);
    return new Explanation(
        KEY,
        "",
        KvFacts.of(held == null ? null : new KvEntry(held, null)),
        ledger,
        new DatabaseFacts(
            "",
            null,
            null,
            wanted,
            wanted == null ? null : DocumentDigest.of(wanted),
            VERSION,
            NOW),
        worker,
        cached);
  }

  private static KeyReport.Dirty dirty(
      String stage, int attempts, double due, int ahead, @Nullable String failure) {
    return new KeyReport.Dirty(stage, "live", attempts, due, ahead, NOW, NOW, failure);
  }

  private String sentence() {
    return Conclusion.of(leader());
  }

  @Test
  void right_saysSo() {
    held = NEW;
    given = NEW;
    assertThat(sentence()).isEqualTo("KV holds what PostgreSQL says");
    dirty = dirty("waiting", 0, 0, 0, null);
    assertThat(sentence())
        .isEqualTo("KV holds what PostgreSQL says; the worker is about to look at it again");
  }

  @Test
  void dirty_saysWhatItWaitsFor() {
    dirty = dirty("claimed", 0, 0, 0, null);
    assertThat(sentence()).isEqualTo("stale: the worker is building or writing it now");
    dirty = dirty("spaced", 0, 3.2, 0, null);
    assertThat(sentence()).isEqualTo("stale: the worker knows and will write it in about 4 s");
    dirty = dirty("waiting", 0, 0, 1_200, null);
    assertThat(sentence())
        .isEqualTo("stale: the worker knows and will write it soon, after about 1,200 others");
    dirty = dirty("retrying", 3, 8, 0, "HTTP 500");
    assertThat(sentence())
        .isEqualTo(
            "stale: the worker knows, has failed 3 times (HTTP 500) and tries again in about 8 s");
  }

  @Test
  void documentThatAResyncHasPassed_isNotToldToWaitForIt() {
    model = new LedgerEntry.ModelState(null, "asked for", 1, 2, Snapshot.parse("9000:9000:"));
    assertThat(sentence()).contains("has not reached it");
    model = new LedgerEntry.ModelState(null, "asked for", 1, 2, Snapshot.parse("1:1:"));
    assertThat(sentence()).doesNotContain("has not reached it");
  }

  @Test
  void held_saysWhatItWaitsFor() {
    requested = true;
    isHeld = true;
    assertThat(sentence())
        .endsWith("it waits because the day's writes run short (FOREBAY_KV_WRITES_PER_DAY)");
  }

  @Test
  void notDirty_saysWhy() {
    assertThat(sentence())
        .isEqualTo("stale: the worker does not know: forebay resync article --key article:a%20b");
    lag = 40;
    assertThat(sentence())
        .isEqualTo("stale: the change may still be in the log, KV is 40 s behind PostgreSQL");
    model = new LedgerEntry.ModelState(null, "model changed", 12, 40, Snapshot.parse("20:20:"));
    assertThat(sentence())
        .isEqualTo("stale: the resync of article is under way and has not reached it");
    requested = true;
    assertThat(sentence())
        .isEqualTo("stale: the worker was asked to write it again, and does so within seconds");
    problems = List.of("a stage hangs", "the log is not being read: refused");
    assertThat(sentence()).isEqualTo("stale: the log is not being read: refused");
    dead = new DeadLetter(KEY, "too large", 2, NOW, NOW, false);
    assertThat(sentence())
        .isEqualTo("stale: a dead letter, too large; forebay dead retry article:a%20b");
  }

  @Test
  void otherHands_areNoStaleness() {
    given = NEW;
    model = new LedgerEntry.ModelState(null, "model changed", 12, 40, Snapshot.parse("20:20:"));
    assertThat(sentence())
        .as("a resync leaves alone what the ledger believes in")
        .isEqualTo(
            "different, KV holds what Forebay did not write: the worker does not know:"
                + " forebay verify --key article:a%20b --repair");
    held = null;
    assertThat(sentence()).startsWith("missing: the worker does not know: forebay verify --key ");
    held = OLD;
    wanted = null;
    given = null;
    assertThat(sentence()).startsWith("extra, no row owns this key: the worker does not know: ");
  }

  @Test
  void cachedValue_isNoDrift() {
    given = NEW;
    cached = true;
    settledAt = NOW.minusSeconds(20);
    assertThat(sentence()).contains("written moments ago, and KV may show for a minute");
  }

  @Test
  void noLeader_isSaid() {
    worker = new WorkerFacts(ADMIN, "nothing answers at " + ADMIN, null);
    assertThat(Conclusion.of(facts()))
        .isEqualTo(
            "stale: the worker does not answer at http://127.0.0.1:8081: start forebay sync, or"
                + " say with --admin where it is");
    StatusReport.Lease lease = new StatusReport.Lease("standby", 7L, "41@alpha");
    worker = new WorkerFacts(ADMIN, null, new KeyReport("forebay", KEY.kvKey(), lease, null));
    assertThat(Conclusion.of(facts()))
        .endsWith("stands by and knows nothing: ask the leader," + " 41@alpha, with --admin");
  }
}

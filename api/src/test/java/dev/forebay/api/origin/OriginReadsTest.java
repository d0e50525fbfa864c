package dev.forebay.api.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.token.Requirement;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for which load, and what is served from memory. */
class OriginReadsTest {

  private static final DocumentKey KEY = key("a");
  private static final int MANY = 1_000;

  /** More than a busy machine takes to bring all of them to the same load. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TestTicker ticker = new TestTicker();
  private final ScriptedSource source = new ScriptedSource(ticker);
  private final Entries entries = new Entries(1 << 20, ticker);
  private final OriginReads reads = reads(PATIENCE);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private final Queue<Thread> askers = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void read_manyAtOnce_loadOnce() throws Exception {
    List<Future<Version>> waiting = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      waiting.add(ask(KEY, null));
    }
    source.awaitLoad();
    source.end("{}", "10:10:");

    for (Future<Version> one : waiting) {
      assertThat(text(one.get())).isEqualTo("{}");
    }
    assertThat(source.loads()).isEqualTo(1);
    assertThat(count("load")).isEqualTo(1);
    assertThat(count("joined") + count("hit")).isEqualTo(MANY - 1);
  }

  @Test
  void read_joinedLoadIsTooOld_allLoadAgainOnce() throws Exception {
    Future<Version> first = ask(KEY, null);
    source.awaitLoad();
    List<Future<Version>> demanding = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      demanding.add(ask(KEY, sees(10)));
    }
    awaitThreadsThatWait(1 + MANY);

    source.end("old", "10:10:");
    assertThat(text(first.get())).isEqualTo("old");
    source.awaitLoad();
    source.end("new", "11:11:");

    for (Future<Version> one : demanding) {
      assertThat(text(one.get())).isEqualTo("new");
    }
    assertThat(source.loads()).isEqualTo(2);
  }

  @Test
  void read_joinedLoadSeesEnough_isTaken() throws Exception {
    Future<Version> first = ask(KEY, null);
    source.awaitLoad();
    Future<Version> demanding = ask(KEY, sees(9));
    awaitThreadsThatWait(2);
    source.end("{}", "10:10:");

    assertThat(demanding.get()).isSameAs(first.get());
    assertThat(source.loads()).isEqualTo(1);
    assertThat(count("joined")).isEqualTo(1);
  }

  @Test
  void read_joinedLoadIsOlderThanASecond_withoutToken_loadsAgain() throws Exception {
    Future<Version> first = ask(KEY, null);
    source.awaitLoad();
    ticker.advance(OriginReads.UNASKED_AGE.plusNanos(1));
    Future<Version> second = ask(KEY, null);
    awaitThreadsThatWait(2);
    source.end("1", "10:10:");
    assertThat(text(first.get())).isEqualTo("1");
    source.awaitLoad();
    source.end("2", "11:11:");

    assertThat(text(second.get())).isEqualTo("2");
  }

  @Test
  void kept_withoutToken_servesForASecondAndNoLonger() throws Exception {
    load(KEY, "1", "10:10:");
    ticker.advance(OriginReads.UNASKED_AGE);
    assertThat(text(reads.read(KEY, null))).isEqualTo("1");
    assertThat(count("hit")).isEqualTo(1);

    ticker.advance(Duration.ofNanos(1));
    assertThat(text(load(KEY, "2", "11:11:"))).isEqualTo("2");
    assertThat(source.loads()).isEqualTo(2);
  }

  @Test
  void kept_thatIsMet_servesForThreeMinutes() throws Exception {
    load(KEY, "1", "10:10:");
    ticker.advance(Entries.LONGEST.minusNanos(1));
    assertThat(text(reads.read(KEY, sees(9)))).isEqualTo("1");
    assertThat(source.loads()).isEqualTo(1);

    ticker.advance(Duration.ofNanos(1));
    assertThat(reads.kept(KEY.kvKey())).isNull();
    assertThat(text(load(KEY, "2", "10:10:", sees(9)))).isEqualTo("2");
  }

  @Test
  void kept_thatLacksATransactionInProgress_isNotTaken() throws Exception {
    load(KEY, "1", "5:10:5,7");

    assertThat(text(load(KEY, "2", "10:10:", sees(7)))).isEqualTo("2");
    assertThat(text(reads.read(KEY, sees(6)))).isEqualTo("2");
  }

  @Test
  void kept_thatIsOlderThanWhatWasServed_isNotTaken() throws Exception {
    load(KEY, "1", "10:10:");

    Demand served = demand(new Requirement(new TreeSet<>(), Snapshot.parse("8:12:9"), null));
    assertThat(text(load(KEY, "2", "12:12:", served))).isEqualTo("2");
    assertThat(text(reads.read(KEY, served))).isEqualTo("2");
  }

  @Test
  void absent_isKeptToo() throws Exception {
    assertThat(load(KEY, null, "10:10:").json()).isNull();

    assertThat(reads.read(KEY, sees(9)).json()).isNull();
    assertThat(source.loads()).isEqualTo(1);
    assertThat(text(load(KEY, "made", "11:11:", sees(10)))).isEqualTo("made");
  }

  /**
   * A demand that a history knows nothing of is answered with a new version, not with a kept one.
   */
  @Test
  void tokenThatDemandsNothing_isGivenANewVersion() throws Exception {
    load(KEY, "1", "10:10:");

    assertThat(text(load(KEY, "2", "10:10:", history -> Optional.empty()))).isEqualTo("2");
  }

  @Test
  void newSnapshot_thatLacksWhatIsDemanded_is503AfterOneLoad() throws Exception {
    Future<Version> asked = ask(KEY, sees(99));
    source.awaitLoad();
    source.end("{}", "10:10:");

    assertThat(problem(asked).type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(problem(asked).retryAfter()).isNotNull();
    assertThat(source.loads()).isEqualTo(1);
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void secondLoad_thatLacksWhatIsDemanded_is503() throws Exception {
    Future<Version> first = ask(KEY, null);
    source.awaitLoad();
    Future<Version> asked = ask(KEY, sees(99));
    awaitThreadsThatWait(2);
    source.end("{}", "10:10:");
    first.get();
    source.awaitLoad();
    source.end("{}", "11:11:");

    assertThat(problem(asked).type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(source.loads()).isEqualTo(2);
  }

  @Test
  void kept_withTheContentThatWasServed_isTakenThoughItIsOlder() throws Exception {
    Version kept = load(KEY, "1", "10:10:");
    String content = Requirement.content(kept.hash());
    Snapshot later = Snapshot.parse("20:20:");

    assertThat(reads.read(KEY, demand(new Requirement(new TreeSet<>(), later, content))))
        .isSameAs(kept);
    Demand written = demand(new Requirement(new TreeSet<>(List.of(21L)), later, content));
    assertThat(text(load(KEY, "2", "22:22:", written))).isEqualTo("2");
  }

  /** It demands more than was seen; what runs below it has not committed and was seen by nobody. */
  @Test
  void roundedSnapshot_isMetByANewSnapshotDespiteTransactionsInProgress_butNotByAKeptOne()
      throws Exception {
    Demand ceiling = demand(new Requirement(new TreeSet<>(), Snapshot.parse("10:10:"), null));
    assertThat(text(load(KEY, "1", "3:10:3", ceiling))).isEqualTo("1");
    assertThat(text(load(KEY, "2", "3:11:3", ceiling))).isEqualTo("2");
    Demand rounded = demand(requirement("2:11:"));
    assertThat(text(load(KEY, "3", "3:11:3", rounded))).isEqualTo("3");

    Future<Version> above = ask(KEY, demand(requirement("12:12:")));
    source.awaitLoad();
    source.end("{}", "3:11:3");
    assertThat(problem(above).type()).isEqualTo(ProblemType.UNAVAILABLE);
  }

  @Test
  void failure_isThatOfAllWhoWait_andNotKept() throws Exception {
    Future<Version> first = ask(KEY, null);
    source.awaitLoad();
    Future<Version> joined = ask(KEY, sees(1));
    awaitThreadsThatWait(2);
    source.end(new ScriptedSource.End(null, "", "", new SQLException("gone", "08006")));

    assertThat(problem(first).type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(problem(joined).type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(text(load(KEY, "1", "10:10:"))).isEqualTo("1");
    assertThat(count("failed")).isEqualTo(2);
  }

  @Test
  void surprise_isAnInternalProblem_andNotKept() throws Exception {
    Future<Version> asked = ask(KEY, null);
    source.awaitLoad();
    source.end(new ScriptedSource.End(null, "", "", new IllegalStateException("planted")));

    assertThat(problem(asked).type()).isEqualTo(ProblemType.INTERNAL);
    assertThat(text(load(KEY, "1", "10:10:"))).isEqualTo("1");
  }

  @Test
  void loads_areLimited_andWhoWaitsTooLongIsSentAway() throws Exception {
    Future<Version> a = ask(KEY, null);
    Future<Version> b = ask(key("b"), null);
    source.awaitLoad();
    source.awaitLoad();

    Future<Version> third = ask(key("c"), null);

    assertThat(problem(third).type()).isEqualTo(ProblemType.OVERLOADED);
    assertThat(problem(third).retryAfter()).isNotNull();
    assertThat(source.loads()).isEqualTo(2);
    assertThat(count("limited")).isEqualTo(1);
    source.end("{}", "10:10:");
    source.end("{}", "10:10:");
    a.get();
    b.get();
    assertThat(text(load(key("c"), "c", "10:10:"))).isEqualTo("c");
  }

  @Test
  void loadThatHangs_isNotWaitedForLongerThanPatienceAllows() throws Exception {
    OriginReads impatient = reads(OriginConfig.PATIENCE);
    Future<Version> asked = threads.submit(() -> impatient.read(KEY, null));
    source.awaitLoad();

    assertThat(problem(asked).type()).isEqualTo(ProblemType.TIMED_OUT);
    source.end("late", "10:10:");
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(impatient.kept(KEY.kvKey())).isNotNull());
  }

  @Test
  void anotherHistory_dropsWhatWasKept() throws Exception {
    load(KEY, "1", "10:10:");
    load(key("b"), "b", "10:10:");
    ticker.advance(Duration.ofSeconds(2));

    Future<Version> asked = ask(KEY, null);
    source.awaitLoad();
    source.end(new ScriptedSource.End("2", "11:11:", "h2", null));

    assertThat(asked.get().history()).isEqualTo("h2");
    assertThat(reads.kept(key("b").kvKey())).as("of the former history").isNull();
    assertThat(reads.read(KEY, null).history()).isEqualTo("h2");
  }

  /** A load that began before a new history did, and ends after it was seen. */
  @Test
  void formerHistory_thatEndsLate_isAnsweredButNotKept() throws Exception {
    Future<Version> late = ask(KEY, null);
    source.awaitLoad();
    Version newer = Version.of(key("b"), null, Snapshot.parse("11:11:"), "h2", Instant.EPOCH, 0);
    entries.keep(newer, entries.life());
    source.end("1", "10:10:");

    assertThat(late.get().history()).isEqualTo("h1");
    assertThat(reads.kept(KEY.kvKey())).isNull();
    assertThat(reads.kept(key("b").kvKey())).isSameAs(newer);
  }

  /** A restored copy has the history of the original until somebody adopts it. */
  @Test
  void snapshotThatWentBack_dropsWhatWasKept() throws Exception {
    load(key("b"), "future", "20:20:");
    load(KEY, "1", "10:10:");

    assertThat(reads.kept(key("b").kvKey())).isNull();
    assertThat(text(reads.read(KEY, sees(9)))).isEqualTo("1");
  }

  @Test
  void weight_isBoundedByBytes() throws Exception {
    String json = "x".repeat(100_000);
    for (int i = 0; i < 30; i++) {
      load(key("k" + i), json, "10:10:");
      assertThat(entries.bytes()).isBetween(100_000L, 1L << 20);
    }
    assertThat(text(load(key("huge"), "x".repeat(2 << 20), "10:10:"))).hasSize(2 << 20);
    assertThat(reads.kept(key("huge").kvKey())).isNull();
    for (int i = 0; i < 5_000; i++) {
      entries.keep(absent("n" + i), entries.life());
    }
    assertThat(entries.bytes()).as("absent documents weigh too").isLessThanOrEqualTo(1L << 20);
    assertThat(reads.kept(key("n0").kvKey()) == null || reads.kept(key("n1").kvKey()) == null)
        .isTrue();
  }

  private Version absent(String name) {
    return Version.of(
        key(name), null, Snapshot.parse("10:10:"), "h1", Instant.EPOCH, ticker.read());
  }

  private static DocumentKey key(String slug) {
    return new DocumentKey("article", List.of(slug), "article:" + slug);
  }

  private static Requirement requirement(String seen) {
    return new Requirement(new TreeSet<>(), Snapshot.parse(seen), null);
  }

  private static Demand sees(long xid) {
    return demand(new Requirement(new TreeSet<>(List.of(xid)), null, null));
  }

  private static Demand demand(Requirement requirement) {
    return history -> history.equals("h1") ? Optional.of(requirement) : Optional.empty();
  }

  private OriginReads reads(Duration patience) {
    return new OriginReads(source, entries, 2, patience, ticker, new OriginMetrics(registry));
  }

  private Future<Version> ask(DocumentKey key, @Nullable Demand demand) {
    Callable<Version> call =
        () -> {
          askers.add(Thread.currentThread());
          return reads.read(key, demand);
        };
    return threads.submit(call);
  }

  /** Waits until all who have asked wait for a load. */
  private void awaitThreadsThatWait(int number) {
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() ->
            askers.stream().filter(one -> one.getState() == Thread.State.TIMED_WAITING).count()
                == number);
  }

  private Version load(DocumentKey key, @Nullable String json, String snapshot) throws Exception {
    return load(key, json, snapshot, null);
  }

  private Version load(
      DocumentKey key, @Nullable String json, String snapshot, @Nullable Demand demand)
      throws Exception {
    Future<Version> asked = ask(key, demand);
    assertThat(source.awaitLoad()).isEqualTo(key);
    source.end(json, snapshot);
    return asked.get();
  }

  private static String text(Version version) {
    byte[] json = version.json();
    return json == null ? "absent" : new String(json, StandardCharsets.UTF_8);
  }

  private static ApiProblem problem(Future<Version> asked) throws Exception {
    try {
      Version version = asked.get(10, TimeUnit.SECONDS);
      throw new AssertionError("answered " + version);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiProblem problem) {
        return problem;
      }
      throw e;
    }
  }

  private double count(String outcome) {
    return registry.get("forebay.origin.reads").tag("outcome", outcome).counter().count();
  }
}

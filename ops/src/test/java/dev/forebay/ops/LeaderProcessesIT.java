package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.Applied;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.ops.SyncSite.Launched;
import dev.forebay.worker.history.ControlKey;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that are killed, told to stop, and stopped for a while: one leads, and nothing is lost.
 */
class LeaderProcessesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * How long a leader is stopped: three leases; {@code -Dforebay.pause.seconds=60} for a minute.
   */
  private static final Duration PAUSE =
      Duration.ofSeconds(Long.getLong("forebay.pause.seconds", 25));

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int TERMINATED = 128 + 15;
  private static final Pattern TITLE = Pattern.compile("\\d+");

  @TempDir static Path directory;
  private static SyncSite site;

  @BeforeAll
  static void open() throws Exception {
    site = new SyncSite(directory);
  }

  @AfterAll
  static void close() throws IOException {
    site.close();
  }

  @AfterEach
  void end() throws Exception {
    site.endProcesses();
    site.kv().faults().clear();
  }

  private static Launched leader() throws Exception {
    Launched leader = site.launch("sync");
    await().atMost(PATIENCE).until(() -> leader.role().equals("leader") && leader.isReady());
    return leader;
  }

  private static Launched standby() throws Exception {
    Launched standby = site.launch("sync");
    await().atMost(PATIENCE).until(standby::isReady);
    assertThat(standby.role()).isEqualTo("standby");
    return standby;
  }

  /** Adds one to notes at random until it is closed; each title is a version. */
  private static final class Writer implements AutoCloseable {

    private final Random random = new Random(7);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().start(this::run);

    private void run() {
      try (Connection connection = site.connect();
          PreparedStatement statement =
              connection.prepareStatement(
                  "update note set title = (title::int + 1)::text where id = ?")) {
        while (!closed.await(20, TimeUnit.MILLISECONDS)) {
          statement.setInt(1, 1 + random.nextInt(20));
          statement.executeUpdate();
        }
      } catch (SQLException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      closed.countDown();
      await().atMost(PATIENCE).until(() -> !thread.isAlive());
    }
  }

  private static Duration until(Callable<Boolean> state) {
    long began = System.nanoTime();
    await().pollInterval(LOOK).pollDelay(Duration.ZERO).atMost(PATIENCE).until(state);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void leaders_killedAndToldToStopUnderChanges_areFollowedInTime() throws Exception {
    List<Long> terms = new ArrayList<>();
    Launched last;
    Launched fourth;
    try (Writer writer = new Writer()) {
      assertThat(writer.thread.isAlive()).isTrue();
      Launched first = leader();
      terms.add(site.term());
      Launched second = standby();
      assertThat(first.metric("forebay_leader")).isEqualTo("forebay_leader 1.0");
      assertThat(second.metric("forebay_leader")).isEqualTo("forebay_leader 0.0");

      first.process().destroyForcibly().waitFor();
      int written = site.namespace().log().size();
      Duration killed = until(() -> site.term() > terms.getLast());
      Duration flows = killed.plus(until(() -> site.namespace().log().size() > written));
      terms.add(site.term());
      print("after kill -9: leads, writes", killed + ", " + flows);
      assertThat(flows).as("take-over after kill -9").isLessThan(Duration.ofSeconds(15));

      Launched third = standby();
      Duration busy = stop(second, terms);
      print("after SIGTERM under changes: the next one leads", busy);
      assertThat(busy).isLessThan(Duration.ofSeconds(15));
      await().atMost(PATIENCE).until(() -> third.role().equals("leader"));
      fourth = standby();
      last = third;
    }
    awaitExact();
    Duration quiet = stop(last, terms);
    print("after SIGTERM: the next one leads", quiet);
    assertThat(quiet).as("take-over after a clean stop").isLessThan(Duration.ofSeconds(2));
    site.execute("update note set title = (title::int + 1)::text");
    awaitExact();
    assertThat(fourth.role()).isEqualTo("leader");
    assertThat(terms).isSorted().doesNotHaveDuplicates();
    assertVersionsRise();
  }

  /** Tells a leader to stop; returns how long it took until another one led. */
  private static Duration stop(Launched leader, List<Long> terms) throws Exception {
    leader.process().destroy();
    Duration led = until(() -> site.term() > terms.getLast());
    terms.add(site.term());
    assertThat(leader.exitCode(PATIENCE)).isEqualTo(TERMINATED);
    return led;
  }

  private static void awaitExact() throws SQLException {
    Map<String, String> expected = site.expected();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.stored()).isEqualTo(expected));
  }

  private static void print(String what, Object value) {
    System.out.println(what + ": " + value);
  }

  /** The titles only ever grow, so a smaller one after a larger one was written by a loser. */
  private static void assertVersionsRise() {
    Map<String, Integer> newest = new HashMap<>();
    for (Applied applied : site.namespace().log()) {
      boolean document = !ControlKey.isNamed(applied.key());
      if (applied.value() == null || applied.late() || !document) {
        continue;
      }
      Matcher title = TITLE.matcher(applied.value().text());
      if (title.find()) {
        int version = Integer.parseInt(title.group());
        assertThat(version)
            .as("%s", applied)
            .isGreaterThanOrEqualTo(newest.getOrDefault(applied.key(), 0));
        newest.put(applied.key(), version);
      }
    }
  }

  private static boolean isLate(String title) {
    return site.stored().getOrDefault("note:late", "").contains(title);
  }

  @Test
  void leader_stoppedLongerThanItsLease_writesNoMoreAndItsLateValueIsRepaired() throws Exception {
    Launched first = leader();
    Launched second = standby();
    long term = site.term();
    site.execute("insert into note values (100, 'late', '0')");
    until(() -> site.stored().containsKey("note:late"));
    site.kv()
        .faults()
        .next(
            1,
            Operation.BULK_WRITE,
            new Fault(new Fault.Effect.Late(PAUSE), new Fault.Answer.Silence()));
    site.execute("update note set title = '1' where id = 100");
    until(() -> site.namespace().lateKeys() == 1);
    first.signal("STOP");
    site.execute("update note set title = '2' where id = 100");

    Duration taken = until(() -> isLate("2"));
    print("after SIGSTOP: the next one writes", taken);
    assertThat(site.term()).isGreaterThan(term);
    assertThat(taken)
        .as("the walsender of a stopped process is ended")
        .isLessThan(Duration.ofSeconds(15));
    until(() -> isLate("1"));
    List<Applied> before = site.namespace().log();
    first.signal("CONT");
    Duration repaired = until(() -> isLate("2"));

    print("after SIGCONT: the late value is repaired", repaired);
    assertThat(first.exitCode(PATIENCE)).isEqualTo(ExitCode.FAILED);
    assertThat(first.says())
        .contains("forebay: another sync worker has taken over")
        .contains("what was in flight is recorded");
    assertThat(site.query("select count(*) from forebay.suspect")).isEqualTo("1");
    List<Applied> since =
        site.namespace().log().subList(before.size(), site.namespace().log().size());
    assertThat(since).extracting(Applied::key).containsExactly("note:late");
    assertThat(second.role()).isEqualTo("leader");
    site.execute("delete from note where id = 100");
    until(() -> !site.stored().containsKey("note:late"));
  }

  @Test
  void leader_overARestartOfTheDatabase_keepsTheLease() throws Exception {
    Launched first = leader();
    Launched second = standby();
    long term = site.term();

    site.stopDatabase();
    await().atMost(PATIENCE).until(() -> !first.isReady() && !second.isReady());
    // Longer than the lease lasts.
    await().pollDelay(Duration.ofSeconds(10)).atMost(PATIENCE).until(() -> true);
    site.startDatabase();

    await().atMost(PATIENCE).until(() -> first.isReady() && second.isReady());
    site.execute("update note set title = (title::int + 1)::text where id = 1");
    awaitExact();
    assertThat(site.term()).isEqualTo(term);
    assertThat(first.role()).isEqualTo("leader");
    assertThat(second.role()).isEqualTo("standby");
  }

  @Test
  void engine_thatCannotRead_isSeenInReadinessWithItsReasonAndHeals() throws Exception {
    Launched leader = leader();
    site.execute(
        "alter role keeper noreplication",
        "select pg_terminate_backend(active_pid) from pg_replication_slots");
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> leader.readiness().contains("the log is not being read: "));
    } finally {
      site.execute("alter role keeper replication");
    }
    await().atMost(PATIENCE).until(leader::isReady);
  }

  @Test
  void dead_listRetryDrop_whileAWorkerRunsAndWithout() throws Exception {
    Launched leader = leader();
    site.execute("insert into note values (200, repeat('long', 200), 'x')");
    String key = "note:" + "long".repeat(200);
    await()
        .atMost(PATIENCE)
        .until(() -> site.query("select count(*) from forebay.dead_letter").equals("1"));

    Launched list = site.launch("dead", "list");
    assertThat(list.exitCode(PATIENCE)).isZero();
    assertThat(list.says()).startsWith("KEY").contains(key).contains("512");
    Launched retry = site.launch("dead", "retry", key, "note:nobody");
    assertThat(retry.exitCode(PATIENCE)).isEqualTo(ExitCode.FAILED);
    assertThat(retry.says())
        .contains("forebay: retries requested: 1")
        .contains("forebay: note:nobody is no dead letter; forebay dead list shows them");
    until(() -> site.query("select attempts from forebay.dead_letter").equals("2"));

    leader.process().destroy();
    assertThat(leader.exitCode(PATIENCE)).isEqualTo(TERMINATED);
    Launched model = site.launch("dead", "retry", "--model", "note");
    assertThat(model.exitCode(PATIENCE)).isZero();
    Launched json = site.launch("dead", "list", "--json");
    assertThat(json.exitCode(PATIENCE)).isZero();
    assertThat(json.says()).contains("\"attempts\" : 2", "\"retrying\" : true", "\"firstAt\"");
    Launched nothing = site.launch("dead", "retry");
    assertThat(nothing.exitCode(PATIENCE)).isEqualTo(ExitCode.INVALID);

    Launched drop = site.launch("dead", "drop", key);
    assertThat(drop.exitCode(PATIENCE)).isZero();
    Launched none = site.launch("dead", "list", "--model", "note");
    assertThat(none.exitCode(PATIENCE)).isZero();
    assertThat(none.says()).isEqualTo("forebay: no dead letters" + System.lineSeparator());
    site.execute("delete from note where id = 200");
  }
}

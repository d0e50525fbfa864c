package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.model.DocumentKey;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A day's cap of writes that runs short. */
@NullUnmarked
class SpendIT extends WorkerFixture {

  private static final int CAP = 200;
  private static final int FREE_TO_LOW = CAP / 2;
  private static final int NOTES = FREE_TO_LOW + 40;

  @BeforeEach
  void prepare() throws SQLException, IOException {
    // At midnight the cap begins anew, and shortly before it lets more through.
    await()
        .atMost(Duration.ofMinutes(11))
        .until(() -> LocalTime.now(ZoneOffset.UTC).isBefore(LocalTime.of(23, 50)));
    harness.execute(
        """
        create table note (id integer primary key, body text not null);
        create table news (id integer primary key, body text not null);
        insert into note select i, 'v1' from generate_series(1, %d) i;
        """
            .formatted(NOTES));
    harness.declare("note: { from: note, key: '{id}', fields: [body], importance: low }");
    harness.declare("news: { from: news, key: '{id}', fields: [body], importance: high }");
    harness.writesPerDay = CAP;
  }

  @Test
  void cap_letsTheLeastImportantWait_andNothingElse() throws SQLException {
    harness.start();
    awaitHeld();

    harness.execute("insert into news select i, 'v1' from generate_series(1, 30) i");
    await().atMost(Harness.LIMIT).until(() -> stored("news:") == 30);

    assertThat(stored("note:")).isBetween(FREE_TO_LOW, FREE_TO_LOW + 2);
    // What waits holds nothing up: no resync, no lag, no log.
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().resyncsDue().isEmpty());
    String position = harness.query("select pg_current_wal_insert_lsn()");
    await().atMost(Harness.LIMIT).until(() -> harness.isConfirmedPast(position));
    assertThat(harness.worker().status().spend().held()).containsOnlyKeys("note");
    assertThat(harness.metrics.get("forebay.held.documents").gauge().value()).isPositive();
    assertThat(harness.worker().problems()).isEmpty();
  }

  @Test
  void whatWaited_isWrittenAsItIsThen_onceThereIsRoom() throws SQLException {
    harness.start();
    awaitHeld();
    harness.execute("update note set body = 'v2'");
    harness.execute("delete from note where id % 7 = 0");
    await().atMost(Harness.LIMIT).until(() -> held() > NOTES - FREE_TO_LOW);
    harness.stop();

    // The next worker counts on: what is spent stays spent.
    harness.start();
    long spent = harness.worker().status().spend().writesToday();
    assertThat(spent).isBetween((long) FREE_TO_LOW, FREE_TO_LOW + 5L);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Harness.LIMIT)
        .until(() -> written() <= spent + 2 && held() > 0);
    harness.stop();

    harness.writesPerDay = 100_000;
    harness.start();
    await().atMost(Harness.LIMIT).until(() -> held() == 0 && stored("note:", "v2") == alive());
    assertThat(stored("note:")).isEqualTo(alive());
    // The ledger is told twice a second.
    await().atMost(Harness.LIMIT).untilAsserted(() -> assertThat(recorded()).isEqualTo(written()));
  }

  @Test
  void deletion_neverWaits() throws SQLException {
    harness.start();
    awaitHeld();

    harness.execute("delete from note");

    await().atMost(Harness.LIMIT).until(() -> stored("note:") == 0);
    assertThat(harness.worker().status().spend().month().deletes()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void keyInDoubt_isAssertedThoughNothingIsLeftOfTheDay() throws Exception {
    harness.start();
    awaitHeld();
    String kvKey =
        harness.stored().keySet().stream().filter(key -> key.startsWith("note:")).findFirst().get();
    String right = harness.stored().get(kvKey);
    harness.putDirectly(kvKey, "{}");

    harness
        .ledger
        .suspects()
        .found(List.of(new DocumentKey("note", List.of(kvKey.substring(5)), kvKey)));

    await().atMost(Harness.LIMIT).until(() -> right.equals(harness.stored().get(kvKey)));
  }

  private void awaitHeld() {
    await()
        .atMost(Harness.LIMIT)
        .until(() -> stored("note:") + held() == NOTES && stored("note:") >= FREE_TO_LOW);
  }

  private long recorded() throws SQLException {
    return Long.parseLong(
        harness.query("select sum(writes) from " + harness.slotName() + ".spend"));
  }

  private long written() {
    return harness.applied().stream().filter(one -> one.pair() != null).count();
  }

  private long held() {
    return harness.ledger.requested().held().getOrDefault("note", 0L);
  }

  private int alive() throws SQLException {
    return Integer.parseInt(harness.query("select count(*) from note"));
  }

  private int stored(String prefix) {
    return stored(prefix, "");
  }

  private int stored(String prefix, String text) {
    return (int)
        harness.stored().entrySet().stream()
            .filter(one -> one.getKey().startsWith(prefix))
            .map(Map.Entry::getValue)
            .filter(value -> value.contains(text))
            .count();
  }
}

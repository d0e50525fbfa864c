package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.forebay.ledger.testing.LedgerFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LeaseIT extends LedgerFixture {

  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Lease lease;

  @BeforeEach
  void findLease() {
    lease = ledger.lease();
  }

  @Test
  void tryTake_neverTaken_isFree() {
    assertThat(lease.tryTake("first", LONG)).hasValue(1);

    assertThat(lease.state().holder()).isEqualTo("first");
    assertThat(lease.state().released()).isFalse();
    assertThat(lease.state().unrenewed()).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void tryTake_renewedLately_isRefused() {
    lease.tryTake("first", LONG);

    assertThat(lease.tryTake("second", LONG)).isEmpty();
    assertThat(lease.state().holder()).isEqualTo("first");
  }

  @Test
  void tryTake_released_isFreeAtOnce() {
    long first = lease.tryTake("first", LONG).orElseThrow();
    lease.release(first);

    assertThat(lease.tryTake("second", LONG)).hasValue(first + 1);
  }

  @Test
  void tryTake_notRenewed_isFreeAndTheFormerHolderHasLost() {
    long first = lease.tryTake("first", LONG).orElseThrow();

    Duration second = Duration.ofMillis(300);
    await().atMost(PATIENCE).until(() -> lease.tryTake("second", second).isPresent());

    assertThatThrownBy(() -> lease.renew(first))
        .isInstanceOf(LedgerException.LeaseLost.class)
        .hasMessageContaining("term " + (first + 1));
    lease.release(first);
    assertThat(lease.state().released()).as("what is no longer ours is not given back").isFalse();
  }

  @Test
  void tryTake_renewed_isRefused() {
    long first = lease.tryTake("first", LONG).orElseThrow();
    Duration unrenewed = Duration.ofSeconds(2);

    await()
        .during(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          lease.renew(first);
          return lease.tryTake("second", unrenewed).isEmpty();
        });
  }

  /** Nobody could renew while the server was down. */
  @Test
  void tryTake_serverStartedLately_isRefusedHoweverOldTheRenewal() throws SQLException {
    lease.tryTake("first", LONG);
    execute("update " + schema() + ".lease set renewed_at = '2020-01-01'");

    assertThat(lease.tryTake("second", serverAge().plusSeconds(60))).isEmpty();
    assertThat(lease.tryTake("second", Duration.ofMillis(1))).hasValue(2);
  }

  @Test
  void tryTake_manyAtOnce_oneWins() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<OptionalLong>> taken = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String holder = "holder " + i;
        taken.add(
            threads.submit(() -> {
              start.await();
              return lease.tryTake(holder, LONG);
            }));
      }
      start.countDown();
      long winners = 0;
      for (Future<OptionalLong> one : taken) {
        winners += one.get().isPresent() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
    assertThat(lease.state().term()).isEqualTo(1);
  }

  /** As a process that gets SIGSTOP between two statements: its connection stays. */
  @Test
  void tryTake_leaderStoppedInATransaction_getsThroughWithinSeconds() throws Exception {
    long first = lease.tryTake("first", LONG).orElseThrow();
    LedgerSql sql = new LedgerSql(postgres.getPostgresDatabase(), schema());
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread stopped =
        Thread.ofPlatform()
            .start(() ->
                assertThatThrownBy(() ->
                        sql.transaction(
                            "stop",
                            tx -> {
                              Lease.prove(tx, first);
                              inside.countDown();
                              awaitUninterrupted(goOn);
                              return tx.update("update lease set holder = 'the dead'");
                            }))
                    .isInstanceOf(LedgerException.class));
    inside.await();
    try {
      await()
          .atMost(Duration.ofSeconds(8))
          .ignoreExceptions()
          .until(() -> lease.tryTake("second", Duration.ofMillis(1)).isPresent());
    } finally {
      goOn.countDown();
      stopped.join();
    }
    assertThat(lease.state().holder()).isEqualTo("second");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String schema() {
    return instance.databaseName();
  }

  private static Duration serverAge() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select extract(epoch from clock_timestamp() - pg_postmaster_start_time())")) {
      row.next();
      return Duration.ofSeconds(row.getLong(1));
    }
  }

  /** A big batch takes a while, and a renewal that waited for it would hold up all others. */
  @Test
  void leadersTransaction_keepsOthersFromANewTerm_andItselfFromNothing() {
    long term = ledger.lease().tryTake("one", Duration.ZERO).orElseThrow();
    LedgerSql sql = new LedgerSql(postgres.getPostgresDatabase(), instance.databaseName());

    sql.leading(
        "test",
        term,
        tx -> {
          ledger.lease().renew(term);
          ledger.lease().settledThrough(term, Instant.EPOCH);
          assertThatThrownBy(() -> ledger.lease().tryTake("other", Duration.ZERO))
              .isInstanceOf(LedgerException.class)
              .rootCause()
              .hasMessageContaining("lock timeout");
        });

    assertThat(ledger.lease().tryTake("other", Duration.ZERO)).hasValue(term + 1);
  }
}

package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.model.Instance;
import dev.forebay.worker.acknowledge.InFlightTransactions;
import dev.forebay.worker.lag.SyncLag;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the proof rests upon: which messages a real engine hands over, and in which order. */
@NullUnmarked
class AttemptIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static EmbeddedPostgres postgres;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Attempt attempt = new Attempt(requests::add);
  private final SyncLag lag =
      new SyncLag(InstantSource.system(), Duration.ZERO, Optional::empty, Instant.EPOCH);

  @BeforeAll
  static void startServer() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void prepare() throws SQLException {
    execute("create table t (id integer primary key); create publication forebay for table t");
    execute("select pg_create_logical_replication_slot('forebay', 'pgoutput')");
    execute("select pg_logical_emit_message(true, 'forebay', '" + attempt.marker() + "')");
  }

  @AfterEach
  void end() throws SQLException {
    // PostgreSQL notices a little later that the engine has gone.
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> {
          execute("select pg_drop_replication_slot('forebay')");
          return true;
        });
    execute("drop publication forebay; drop table t");
  }

  @Test
  void slotThatStayed_deliversTheMarkerBeforeTheHeartbeats() throws Exception {
    runUntilAHeartbeat();

    assertThat(requests).isEmpty();
  }

  @Test
  void slotDroppedBeforeTheEngineStarts_isMadeByItAndFoundOut() throws Exception {
    execute("select pg_drop_replication_slot('forebay')");

    runUntilAHeartbeat();

    assertThat(requests).containsExactly("replication slot replaced");
  }

  private void runUntilAHeartbeat() throws IOException, InterruptedException {
    LogHandler handler =
        new LogHandler(
            new InFlightTransactions<>(),
            100,
            new Outlet(new ArrayBlockingQueue<>(100), () -> {}, UnaryOperator.identity()),
            lag,
            attempt,
            () -> false);
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(EngineProperties.of(config(), attempt.nonce()))
            .notifying(handler)
            .build();
    Instant began = Instant.now();
    Thread thread = Thread.ofPlatform().start(engine);
    try {
      // The marker moves the lag as well, so look for a message of the engine's own time.
      await()
          .atMost(LIMIT)
          .until(() -> lag.current().compareTo(Duration.between(began, Instant.now())) < 0);
    } finally {
      engine.close();
      thread.join();
    }
  }

  private static CaptureConfig config() {
    return new CaptureConfig(
        Instance.DEFAULT,
        new DatabaseAddress(
            "localhost", postgres.getPort(), "postgres", "postgres", "postgres", "disable"),
        Duration.ofMillis(200),
        Duration.ofMillis(5),
        LIMIT);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

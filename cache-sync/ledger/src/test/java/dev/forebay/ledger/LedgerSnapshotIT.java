package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.ledger.LedgerSnapshot.Held;
import dev.forebay.ledger.LedgerSnapshot.Registered;
import dev.forebay.ledger.LedgerSnapshot.Total;
import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.Instance;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LedgerSnapshotIT extends LedgerFixture {

  private static final Snapshot VERSION = Snapshot.parse("10:12:11");
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:00Z");

  private long term;

  @BeforeEach
  void lead() {
    term = ledger.lease().tryTake("test", Duration.ZERO).orElseThrow();
  }

  @Test
  void snapshot_tellsWhatTheLedgerRemembers() throws SQLException {
    ledger.models().declare("article", "f1");
    ledger.models().remember("models: {}");
    for (int twice = 0; twice < 2; twice++) {
      ledger
          .intents()
          .open(
              term,
              new Call(
                  UUID.randomUUID(),
                  List.of(new Call.Intended(key("b"), "h2"), new Call.Intended(key("c"), null)),
                  SOON));
    }
    ledger
        .documents()
        .settle(
            term,
            List.of(
                new Settled(key("a"), "h1", 10, VERSION, null),
                new Settled(key("b"), "h2", 7, VERSION, null)));

    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      LedgerSnapshot seen = LedgerSnapshot.open(session.connection(), instance).orElseThrow();

      assertThat(seen.find(List.of("article:a", "article:b", "article:c", "article:d")))
          .isEqualTo(
              Map.of(
                  "article:a", new Held("h1", 10, false),
                  "article:b", new Held("h2", 7, true),
                  "article:c", new Held(null, 0, true)));
      assertThat(seen.totals()).isEqualTo(Map.of("article", new Total(2, 17)));
      assertThat(seen.openCalls()).isEqualTo(2);
      assertThat(seen.models()).isEqualTo(Map.of("article", new Registered("f1", true)));
      assertThat(seen.page("article", "article:a", 5)).containsExactly(key("b"));
      assertThat(seen.declaration()).contains("models: {}");
    }
  }

  @Test
  void snapshot_doesNotMoveWithTheLedger() throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      LedgerSnapshot seen = LedgerSnapshot.open(session.connection(), instance).orElseThrow();

      ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));

      assertThat(seen.totals()).isEmpty();
      assertThat(seen.find(List.of("article:a"))).isEmpty();
    }
  }

  @Test
  void remember_replacesTheText() throws SQLException {
    ledger.models().remember("one");
    ledger.models().remember("two");

    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      assertThat(LedgerSnapshot.open(session.connection(), instance).orElseThrow().declaration())
          .contains("two");
    }
  }

  @Test
  void open_withoutALedger_isEmpty() throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      assertThat(LedgerSnapshot.open(session.connection(), new Instance("nobody"))).isEmpty();
    }
  }

  @Test
  void declaration_inTheLedgerOfAnOlderForebay_isEmpty() throws SQLException {
    execute("drop table forebay_" + instance.name() + ".declaration");

    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      assertThat(LedgerSnapshot.open(session.connection(), instance).orElseThrow().declaration())
          .isEmpty();
    }
  }

  @Test
  void open_notReadable_saysWhatToGrant() throws SQLException {
    execute("create role reader login");
    try (SnapshotSession session =
        SnapshotSession.open(postgres.getDatabase("reader", "postgres"))) {
      assertThatThrownBy(() -> LedgerSnapshot.open(session.connection(), instance))
          .isInstanceOf(LedgerException.NotReadable.class)
          .hasMessage(
              "role reader may not read schema %1$s. GRANT USAGE ON SCHEMA %1$s TO reader; GRANT"
                  + " SELECT ON ALL TABLES IN SCHEMA %1$s TO reader;",
              instance.databaseName());
    }
  }
}

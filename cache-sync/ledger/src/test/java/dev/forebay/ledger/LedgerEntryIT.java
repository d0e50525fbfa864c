package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.LedgerEntry.ModelState;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LedgerEntryIT extends LedgerFixture {

  private static final Snapshot VERSION = Snapshot.parse("10:12:11");
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:00Z");

  private LedgerEntry read(String slug) throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      return LedgerEntry.read(session.connection(), instance, key(slug));
    }
  }

  @Test
  void read_tellsAllThatIsKnownOfAKey() throws SQLException {
    long term = ledger.lease().tryTake("test", Duration.ZERO).orElseThrow();
    ledger.models().declare("article", "f1");
    ledger
        .resyncProgress()
        .record(
            ledger.models().due().getFirst(),
            new Reached(VERSION, Phase.PRESENT, key("a"), 12, 40));
    ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));
    ledger
        .intents()
        .open(term, new Call(UUID.randomUUID(), List.of(new Call.Intended(key("a"), "h2")), SOON));
    ledger.suspects().found(List.of(key("a")));
    ledger.deadLetters().add(key("a"), "too large");
    ledger.requested().add(List.of(key("a")));

    LedgerEntry entry = read("a");

    LedgerEntry.Stored stored = Objects.requireNonNull(entry.stored());
    assertThat(stored.hash()).isEqualTo("h1");
    assertThat(stored.bytes()).isEqualTo(10);
    assertThat(stored.snapshot()).isEqualTo(VERSION);
    assertThat(entry.open()).isEqualTo(new LedgerEntry.Open("write", "h2", SOON));
    assertThat(entry.suspectUntil()).isNotNull();
    assertThat(Objects.requireNonNull(entry.dead()).reason()).isEqualTo("too large");
    assertThat(entry.requested()).isTrue();
    assertThat(entry.model()).isEqualTo(new ModelState(null, "new model", 12, 40, VERSION));
  }

  @Test
  void read_ofAKeyThatWasNeverPublished_isEmpty() throws SQLException {
    assertThat(read("a")).isEqualTo(new LedgerEntry(null, null, null, null, false, false, null));
  }
}

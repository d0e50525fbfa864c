package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.forebay.ledger.Documents.Held;
import dev.forebay.ledger.History.State;
import dev.forebay.ledger.ModelRegister.Entry;
import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.Snapshot;
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
class HistoryIT extends LedgerFixture {

  private long term;

  @BeforeEach
  void lead() {
    term = ledger.lease().tryTake("test", Duration.ZERO).orElseThrow();
  }

  private void rotate(String nonce) {
    ledger.history().promise(term, nonce);
    ledger.history().fulfil(term, ledger.history().state().now(), "documents");
  }

  private void alter(String setting) throws SQLException {
    execute("update " + instance.databaseName() + ".history set " + setting);
  }

  private void open(String slug) {
    ledger
        .intents()
        .open(
            term,
            new Call(UUID.randomUUID(), List.of(new Call.Intended(key(slug), "h")), Instant.now()));
  }

  private void settle(String slug, String hash) {
    ledger
        .documents()
        .settle(term, List.of(new Settled(key(slug), hash, 2, Snapshot.parse("10:10:"), null)));
  }

  @Test
  void nonce_promisedAndFulfilled_isKeptWithTheServer() {
    assertThat(ledger.history().state().nonces()).isEmpty();
    assertThat(ledger.history().promise(term, "a")).isEqualTo("a");
    assertThat(ledger.history().promise(term, "b")).as("a may be in KV by now").isEqualTo("a");
    assertThat(ledger.history().state().nonces()).containsExactly("a");

    rotate("c");
    rotate("d");

    State state = ledger.history().state();
    assertThat(state.nonce()).isEqualTo("d");
    assertThat(state.promised()).isNull();
    assertThat(state.earlier()).containsExactly("a");
    assertThat(state.server()).isEqualTo(state.now());
    assertThat(state.now().timeline()).isEqualTo(1);
    assertThat(state.now().place()).isNotNull();
    assertThat(state.namespace()).isEqualTo("documents");
    assertThat(state.sinceRotation()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void nonces_areForgottenAfterAnHour() {
    for (int i = 0; i < 20; i++) {
      rotate("n" + i);
    }

    assertThat(ledger.history().state().earlier()).hasSize(12).startsWith("n18").endsWith("n7");
  }

  @Test
  void promise_ofAWorkerThatLostTheLease_isRefused() {
    ledger.lease().tryTake("second", Duration.ZERO);

    assertThatThrownBy(() -> ledger.history().promise(term, "a"))
        .isInstanceOf(LedgerException.LeaseLost.class);
    assertThat(ledger.history().state().promised()).isNull();
  }

  @Test
  void writes_onAnotherTimelineOrSystem_areRefused() throws SQLException {
    rotate("a");
    settle("one", "h");
    for (String other : List.of("timeline = 2", "timeline = 1, system_identifier = '1'")) {
      alter(other);

      assertThatThrownBy(() -> settle("one", "changed")).isInstanceOf(LedgerException.Halted.class);
      assertThatThrownBy(() -> open("two")).isInstanceOf(LedgerException.Halted.class);
      assertThatThrownBy(() -> ledger.lease().proveServer(term))
          .isInstanceOf(LedgerException.Halted.class);
    }
    assertThat(ledger.documents().find(List.of("article:one")))
        .isEqualTo(Map.of("article:one", new Published("h", null)));
    assertThat(ledger.documents().known(List.of("article:two"))).isEmpty();
    ledger.lease().renew(term);
  }

  @Test
  void roleThatMayNotKnowThePlace_knowsTheRest() throws SQLException {
    execute(
        "do $$ begin if not exists (select from pg_roles where rolname = 'plain') then"
            + " create role plain login; end if; end $$");
    execute("grant usage on schema " + instance.databaseName() + " to plain");
    execute("grant select on all tables in schema " + instance.databaseName() + " to plain");
    Ledger plain = Ledger.open(postgres.getDatabase("plain", "postgres"), instance);

    Server now = plain.history().state().now();

    assertThat(now.place()).isNull();
    assertThat(now.continues(ledger.history().state().now())).isTrue();
  }

  @Test
  void anotherHistory_knowsWhatKvHolds_keepsOpenCalls_andLooksAtEverything() {
    rotate("a");
    ledger.models().declare("article", "f");
    ledger.models().due().forEach(ledger.models()::complete);
    settle("lost", "h");
    open("open");
    ledger.history().consent("seen");

    String id = ledger.history().beginAnother(term, "new");
    assertThat(ledger.history().beginAnother(term, "newer")).isEqualTo(id).isEqualTo("new");
    ledger
        .history()
        .found(
            term,
            List.of(
                new Held(key("kept"), "h"),
                new Held(new DocumentKey("gone", List.of(), "gone:1"), "h")));
    ledger.history().promise(term, "b");
    ledger.history().finishAnother(term, ledger.history().state().now(), "documents");

    State state = ledger.history().state();
    assertThat(state.id()).isEqualTo("new");
    assertThat(state.nonces()).as("none of the former history's").containsExactly("b");
    assertThat(state.consent()).isNull();
    assertThat(state.adopting()).isNull();
    assertThat(ledger.intents().inherit(term)).extracting(Intent::key).containsExactly(key("open"));
    assertThat(ledger.documents().find(List.of("article:kept", "article:lost", "article:open")))
        .containsOnlyKeys("article:kept", "article:open");
    assertThat(ledger.documents().before(Snapshot.parse("3:3:"), "article", "", 10).keys())
        .as("older than any snapshot")
        .containsExactly(key("kept"));
    assertThat(ledger.models().due())
        .extracting(ModelRegister.Resync::model, ModelRegister.Resync::reason)
        .containsExactly(tuple("article", "adopted"));
    assertThat(ledger.models().list())
        .filteredOn(entry -> entry.removed() != null)
        .extracting(Entry::name)
        .containsExactly("gone");
  }

  @Test
  void idleInstance_isOneWithDocumentsInTheNamespaceThatNobodyLeads() {
    rotate("a");
    settle("one", "h");
    Instance second = new Instance("second");
    LedgerSchema.migrate(postgres.getPostgresDatabase(), second);
    Ledger other = Ledger.open(postgres.getPostgresDatabase(), second);

    assertThat(other.history().idleInstances("documents"))
        .as("led at the moment")
        .doesNotContain(instance.databaseName());
    ledger.lease().release(term);
    assertThat(other.history().idleInstances("documents")).contains(instance.databaseName());
    assertThat(other.history().idleInstances("another")).isEmpty();
    assertThat(ledger.history().idleInstances("documents"))
        .as("itself")
        .doesNotContain(instance.databaseName());
  }
}

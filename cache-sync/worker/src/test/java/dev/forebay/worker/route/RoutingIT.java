package dev.forebay.worker.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.FanOuts.FanOut;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Router;
import dev.forebay.model.RowChange;
import dev.forebay.worker.ArticleModel;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.Lane;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.source.PostgresSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What routing does with events that name their documents, and with those that do not. */
@NullUnmarked
class RoutingIT {

  private static EmbeddedPostgres postgres;
  private static Ledger ledger;

  private final DirtyDocuments dirty = new DirtyDocuments(InstantSource.system(), 100);
  private final BlockingQueue<ChangeEvent> events = new ArrayBlockingQueue<>(10);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeAll
  static void startServer() throws IOException {
    postgres = EmbeddedPostgres.start();
    LedgerSchema.migrate(postgres.getPostgresDatabase(), Instance.DEFAULT);
    ledger = Ledger.open(postgres.getPostgresDatabase(), Instance.DEFAULT);
    ledger.models().declare("article", "fingerprint");
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @Test
  void rowWithoutItsImages_isResyncedAndTheOthersGoOn() throws InterruptedException {
    Router router =
        (connection, changes, goOn) -> {
          for (int i = 0; i < changes.size(); i++) {
            String slug = changes.get(i).after().get("slug");
            if (slug == null) {
              throw new IncompleteImageException(List.of(i), "no slug");
            }
            assertThat(goOn.test(new Affected(i, new ArticleModel().key(List.of(slug))))).isTrue();
          }
        };
    ledger.models().due().forEach(ledger.models()::complete);
    Cause good = row(Map.of("slug", "a"));
    Cause bad = row(Map.of("id", "1"));

    routing(router).step();

    assertThat(dirty.claim(10, Lane.ALL, Duration.ZERO))
        .extracting(Claim::key)
        .extracting(DocumentKey::kvKey)
        .containsExactly("article:a");
    assertThat(ledger.models().due())
        .extracting(Resync::reason)
        .containsExactly("row could not be routed");
    assertThat(count("forebay.routed.changes")).isOne();
    assertThat(count("forebay.routed.documents")).isOne();
    assertThat(bad.isSettled()).isTrue();
    assertThat(good.isSettled()).isFalse();
  }

  @Test
  void rowThatTouchesTooManyDocuments_isAFanOutAndTheOthersGoOn() throws InterruptedException {
    Router router =
        (connection, changes, goOn) -> {
          for (int i = 0; i < changes.size(); i++) {
            String slug = changes.get(i).after().get("slug");
            int documents = slug.equals("wide") ? 1_000_000 : 3;
            for (int n = 0; n < documents; n++) {
              if (!goOn.test(new Affected(i, new ArticleModel().key(List.of(slug + n))))) {
                return;
              }
            }
          }
        };
    Cause before = row(Map.of("slug", "a"));
    Cause wide = row(Map.of("slug", "wide"));
    Cause after = row(Map.of("slug", "b"));

    Routing routing = routing(router);
    for (int turn = 0; turn < 5; turn++) {
      routing.step();
    }

    assertThat(dirty.claim(10, Lane.ALL, Duration.ZERO))
        .extracting(claim -> claim.key().kvKey())
        .containsExactlyInAnyOrder(
            "article:a0", "article:a1", "article:a2", "article:b0", "article:b1", "article:b2");
    assertThat(wide.isSettled()).as("it is durable").isTrue();
    assertThat(before.isSettled() || after.isSettled()).isFalse();
    FanOut fanOut = ledger.fanOuts().next().orElseThrow();
    assertThat(fanOut.row().after()).isEqualTo(Map.of("slug", "wide"));
    ledger.fanOuts().remove(fanOut);
    assertThat(count("forebay.routed.changes")).as("the wide one, too").isEqualTo(3);
  }

  @Test
  void transactionThatNoSnapshotSees_waits() throws InterruptedException {
    Cause future = Cause.transaction(2_000_000_000L, Instant.now());
    future.hold();
    events.add(
        new ChangeEvent.Row(future, new RowChange(ArticleModel.TABLE, null, Map.of("slug", "b"))));
    future.close();
    Routing routing =
        routing((connection, changes, goOn) ->
            assertThat(goOn.test(new Affected(0, new ArticleModel().key(List.of("b"))))).isTrue());

    routing.step();
    routing.step();

    assertThat(dirty.size()).isZero();
    assertThat(future.isSettled()).isFalse();
  }

  /** An event of a transaction that is long over. */
  private Cause row(Map<String, String> after) {
    Cause cause = Cause.transaction(3, Instant.now());
    cause.hold();
    cause.close();
    events.add(
        new ChangeEvent.Row(cause, new RowChange(ArticleModel.TABLE, null, Map.copyOf(after))));
    return cause;
  }

  private double count(String counter) {
    return registry.get(counter).tag("table", ArticleModel.TABLE.toString()).counter().count();
  }

  private Routing routing(Router router) {
    ReadModels models = new ReadModels(List.of(new ArticleModel()), router, List.of());
    return new Routing(
        new Routing.Parts(
            new PostgresSource(postgres.getPostgresDatabase(), models, () -> {}),
            models,
            new LedgerRequests(ledger),
            dirty,
            events,
            new RoutingMetrics(registry)),
        10_000,
        new RetryDelay(Duration.ofMillis(10), Duration.ofMillis(10), new Random(1)));
  }
}

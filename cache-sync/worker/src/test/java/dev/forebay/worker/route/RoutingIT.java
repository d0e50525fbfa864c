package dev.forebay.worker.route;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.forebay.worker.dirty.RetryDelay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
        (connection, changes) -> {
          List<Affected> affected = new ArrayList<>();
          for (int i = 0; i < changes.size(); i++) {
            String slug = changes.get(i).after().get("slug");
            if (slug == null) {
              throw new IncompleteImageException(List.of(i), "no slug");
            }
            affected.add(new Affected(i, new ArticleModel().key(List.of(slug))));
          }
          return affected;
        };
    ledger.models().due().forEach(ledger.models()::complete);
    Cause good = row(Map.of("slug", "a"));
    Cause bad = row(Map.of("id", "1"));

    routing(router).step();

    assertThat(dirty.claim(10, Duration.ZERO))
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
  void transactionThatNoSnapshotSees_waits() throws InterruptedException {
    Cause future = Cause.transaction(2_000_000_000L, Instant.now());
    future.hold();
    events.add(
        new ChangeEvent.Row(future, new RowChange(ArticleModel.TABLE, null, Map.of("slug", "b"))));
    future.close();
    Routing routing =
        routing((connection, changes) ->
            List.of(new Affected(0, new ArticleModel().key(List.of("b")))));

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
    return new Routing(
        postgres.getPostgresDatabase(),
        new ReadModels(List.of(new ArticleModel()), router, List.of()),
        ledger.models(),
        dirty,
        events,
        new RetryDelay(Duration.ofMillis(10), Duration.ofMillis(10), new Random(1)),
        new RoutingMetrics(registry));
  }
}

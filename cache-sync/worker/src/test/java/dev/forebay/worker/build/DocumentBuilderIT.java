package dev.forebay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.ArticleModel;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.Lane;
import dev.forebay.worker.dirty.MutableClock;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.source.PostgresSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The second line behind routing: as long as routing waits for visibility, no whole worker can show
 * what happens here.
 */
@NullUnmarked
class DocumentBuilderIT {

  private static final DocumentKey SEEN = new ArticleModel().key(List.of("seen"));
  private static final DocumentKey UNSEEN = new ArticleModel().key(List.of("unseen"));

  private static EmbeddedPostgres postgres;

  private final MutableClock clock = new MutableClock();
  private final DirtyDocuments dirty = new DirtyDocuments(clock, 100);

  @BeforeAll
  static void startServer() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @Test
  void claimWhoseTransactionTheSnapshotDoesNotSee_isGivenBackAndTheOthersAreBuilt()
      throws SQLException, InterruptedException {
    long notAssigned;
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      notAssigned = session.snapshot().xmax() + 1_000;
    }
    Cause visible = transaction(3);
    Cause invisible = transaction(notAssigned);
    dirty.mark(List.of(SEEN), visible);
    dirty.mark(List.of(SEEN, UNSEEN), Cause.request());
    dirty.mark(List.of(UNSEEN), invisible);

    List<Built> built = builder().build(dirty.claim(10, Lane.ALL, Duration.ZERO));

    assertThat(built).extracting(one -> one.claim().key()).containsExactly(SEEN);
    assertThat(dirty.claim(10, Lane.ALL, Duration.ZERO)).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    Claim again = dirty.claim(10, Lane.ALL, Duration.ZERO).getFirst();
    assertThat(again.key()).isEqualTo(UNSEEN);
    assertThat(again.causes()).contains(invisible);
  }

  private DocumentBuilder builder() {
    return new DocumentBuilder(
        new PostgresSource(
            postgres.getPostgresDatabase(),
            new ReadModels(
                List.of(new ArticleModel()), (connection, changes, goOn) -> {}, List.of()),
            () -> {}),
        dirty,
        clock,
        new RetryDelay(Duration.ofMillis(10), Duration.ofMillis(10), new Random(1)));
  }

  private static Cause transaction(long xid) {
    Cause cause = Cause.transaction(xid, Instant.EPOCH);
    cause.widened(xid);
    return cause;
  }
}

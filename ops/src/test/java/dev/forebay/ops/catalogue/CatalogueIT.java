package dev.forebay.ops.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.ops.dev.LocalPages;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every data set there is, from the real PostgreSQL through the real Debezium into KV in the real
 * workerd: after many mixed changes each document is compared with SQL written by hand.
 *
 * <p>{@code -Dforebay.catalogue.seed=…} repeats a run, {@code -Dforebay.catalogue.changes=…}
 * lengthens it.
 */
@Timeout(300)
class CatalogueIT {

  private static final long SEED = Long.getLong("forebay.catalogue.seed", System.nanoTime());
  private static final int CHANGES = Integer.getInteger("forebay.catalogue.changes", 500);
  private static final int LATENCY_CHANGES = 50;
  private static final int AT_ONCE = 3;
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int SHOWN = 10;

  private static EmbeddedPostgres postgres;
  private static LocalPages pages;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    System.out.println("CatalogueIT: -Dforebay.catalogue.seed=" + SEED);
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    pages = LocalPages.start(directory.resolve("pages"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (pages != null) {
      pages.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  static List<DataSet> dataSets() {
    return DataSet.found();
  }

  @ParameterizedTest
  @MethodSource("dataSets")
  void documents_afterBackfillAndMixedChanges_areExact(DataSet set) throws Exception {
    long began = System.nanoTime();
    Random random = new Random(SEED);
    try (SyncedCatalogue catalogue = new SyncedCatalogue(set, postgres, pages, random)) {
      catalogue.awaitQuiet();
      assertExact("after the backfill", catalogue);
      Latency.Percentiles latency = Latency.measure(catalogue, LATENCY_CHANGES);
      catalogue.awaitQuiet();

      long writesBefore = catalogue.kvWrites();
      long changing = System.nanoTime();
      RandomChanges changes = new RandomChanges(catalogue.connection(), set, random);
      changes.make(CHANGES);
      double changed = seconds(changing);
      catalogue.awaitQuiet();
      double quiet = seconds(changing);
      final int compared = assertExact("after " + changes.made(), catalogue);
      changes.makeEachKind(AT_ONCE, last -> awaitExact("after " + last, catalogue));
      catalogue.awaitQuiet();
      catalogue.documents().forget();
      assertExact("at the end", catalogue);
      RandomChanges.Made made = changes.made();
      double writes = (catalogue.kvWrites() - writesBefore) / (double) made.changes();

      System.out.printf(
          Locale.ROOT,
          "CatalogueIT %s: %d documents compared after %d changes (%d rows in %d transactions, %d"
              + " undone; the first %d in %.1f s, settled after %.1f s), %.1f KV writes per change;"
              + " readable in KV after p50 %d ms, p99 %d ms; %.1f s in all%n",
          set,
          compared,
          made.changes(),
          made.rows(),
          made.transactions(),
          made.undone(),
          CHANGES,
          changed,
          quiet,
          writes,
          latency.p50().toMillis(),
          latency.p99().toMillis(),
          seconds(began));
    }
  }

  private static int assertExact(String when, SyncedCatalogue catalogue) throws Exception {
    Documents.Comparison comparison = catalogue.documents().compare();
    List<String> differences = comparison.differences();
    assertThat(differences.stream().limit(SHOWN))
        .as(
            "%s: %d of %d documents are wrong, the first %d: (-Dforebay.catalogue.seed=%d)",
            when, differences.size(), comparison.compared(), SHOWN, SEED)
        .isEmpty();
    assertThat(comparison.compared()).as("documents").isPositive();
    return comparison.compared();
  }

  /** What is exact soon need not wait until the slot is confirmed. */
  private static void awaitExact(String when, SyncedCatalogue catalogue) {
    await().atMost(SOON).pollInterval(LOOK).untilAsserted(() -> assertExact(when, catalogue));
  }

  private static double seconds(long sinceNanos) {
    return Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() / 1_000.0;
  }
}

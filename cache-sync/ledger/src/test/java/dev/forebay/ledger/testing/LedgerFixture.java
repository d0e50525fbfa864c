package dev.forebay.ledger.testing;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One PostgreSQL for a class of tests, and for each test the ledger of an instance of its own. */
@NullUnmarked
public abstract class LedgerFixture {

  private static final AtomicInteger INSTANCES = new AtomicInteger();

  protected static EmbeddedPostgres postgres;
  protected Instance instance;
  protected Ledger ledger;

  @BeforeAll
  protected static void startServer() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  protected static void stopServer() throws IOException {
    postgres.close();
  }

  @BeforeEach
  protected void openLedger() {
    instance = new Instance("i" + INSTANCES.incrementAndGet());
    LedgerSchema.migrate(postgres.getPostgresDatabase(), instance);
    ledger = Ledger.open(postgres.getPostgresDatabase(), instance);
  }

  /** Runs SQL as the superuser. */
  protected static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A document of model {@code article}. */
  protected static DocumentKey key(String slug) {
    return new DocumentKey("article", List.of(slug), "article:" + slug);
  }
}

package dev.forebay.worker;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One PostgreSQL for a class of tests, and for each test a harness on tables of its own. */
@NullUnmarked
abstract class WorkerFixture {

  @TempDir static Path directory;
  static EmbeddedPostgres postgres;
  Harness harness;

  @BeforeAll
  static void startServer() throws IOException {
    postgres = Harness.server();
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  /** With the publication of {@link Harness}; a class with data of its own overrides it. */
  Harness open() throws SQLException, IOException {
    return new Harness(postgres, directory);
  }

  @BeforeEach
  void openHarness() throws SQLException, IOException {
    harness = open();
  }

  @AfterEach
  void closeHarness() {
    harness.close();
  }
}

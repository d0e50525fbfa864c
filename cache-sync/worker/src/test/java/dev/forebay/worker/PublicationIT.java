package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Tables that join the publication while they are written. */
@NullUnmarked
class PublicationIT extends WorkerFixture {

  /** The log never carries its change, so that only a look after its commit finds it. */
  @Test
  void tableAddedUnderATransactionInFlight_isReadOnlyAfterIt() throws SQLException, IOException {
    harness.execute("create table motto (id integer primary key, body text not null)");
    harness.execute("insert into motto values (1, 'old')");
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.start();
    harness.awaitExact();
    harness.stop();
    harness.declare("motto: { from: motto, key: \"{id}\", fields: [body] }");
    try (Connection connection = harness.pool.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("update motto set body = 'new' where id = 1");
      harness.start();
      harness.awaitReading();
      assertThat(
              harness.query(
                  "select count(*) from pg_publication_tables where tablename = 'motto' and pubname = '"
                      + harness.slotName()
                      + "'"))
          .isEqualTo("1");
      harness.execute("update author set name = 'Eve' where id = 1");
      await().atMost(Harness.LIMIT).until(() -> harness.stored().get("author:ada").contains("Eve"));
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Harness.LIMIT)
          .until(() -> !harness.stored().containsKey("motto:1"));
      connection.commit();
    }

    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("motto:1"));
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.models().due().isEmpty());
    assertThat(harness.stored().get("motto:1")).isEqualTo("{\"body\": \"new\"}");
  }
}

package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL stops, or dies, and comes back under the worker. */
@NullUnmarked
class ServerRestartIT {

  @TempDir private Path directory;
  private OwnServer server;
  private Harness harness;

  @BeforeEach
  void prepare() throws SQLException, IOException {
    server = OwnServer.start(directory.resolve("server"));
    harness = new Harness(server.postgres(), directory);
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.execute("insert into article values (1, 'one', 'One', 1)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void end() throws IOException {
    harness.close();
    server.close();
  }

  private void cutOffKv() {
    harness.kv.next(
        Integer.MAX_VALUE / 1_000_000, new Fault.Fail(new KvException.Unavailable("away", null)));
  }

  @Test
  void crashed_underUnsettledChangesAndAPreparedTransaction_losesNothing() throws Exception {
    cutOffKv();
    harness.execute(
        "begin; insert into article values (3, 'three', 'Three', 1); prepare transaction 'p'");
    harness.execute("update article set title = 'Uno', slug = 'uno' where id = 1");
    harness.execute("insert into article values (2, 'two', 'Two', 1)");

    int port = server.port();
    server.crash();
    await().atMost(Harness.LIMIT).until(() -> !harness.worker().problems().isEmpty());
    server.restart(port);
    harness.kv.heal();

    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("article:uno"));
    harness.awaitExact();
    harness.execute("commit prepared 'p'");
    harness.awaitExact();
    assertThat(harness.stored()).containsKey("article:three");
  }

  /** A walsender that waits for an acknowledgement would keep PostgreSQL from stopping. */
  @Test
  void toldToStop_whileKvIsAway_stopsSoonAndLosesNothing() throws Exception {
    cutOffKv();
    harness.execute("update article set title = 'Uno', slug = 'uno' where id = 1");
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().dirtyDocuments() > 0);

    int port = server.port();
    server.stop();
    server.restart(port);
    harness.kv.heal();

    harness.awaitReading();
    harness.awaitExact();
  }
}

package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No space is left on PostgreSQL's disk: a small file system in memory, filled up. Needs the right
 * to mount one, hence not for every day.
 */
@Tag("long")
@NullUnmarked
class DiskFullIT {

  private static final String DISK_FULL = "53100";

  @TempDir private Path directory;
  private Path disk;
  private OwnServer server;
  private Harness harness;

  @BeforeEach
  void prepare() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=256m", "forebay-test", disk.toString());
    server = OwnServer.start(disk.resolve("server"));
    harness = new Harness(server.postgres(), directory);
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void end() throws Exception {
    harness.close();
    server.close();
    run("umount", "-l", disk.toString());
  }

  /** New rows fail, here and in the ledger; what was committed before must arrive. */
  @Test
  void tablesThatCannotGrow_holdDocumentsUpUntilThereIsSpace() throws Exception {
    fill();
    int tags = 0;
    String state = "";
    while (state.isEmpty()) {
      try {
        tags += 100;
        harness.execute(
            "insert into tag select i, 'tag-' || i from generate_series(%d, %d) i"
                .formatted(tags - 99, tags));
      } catch (SQLException e) {
        state = String.valueOf(e.getSQLState());
      }
    }
    assertThat(state).isEqualTo(DISK_FULL);
    harness.execute("update author set name = 'Eve' where id = 1");
    await().atMost(Harness.LIMIT).until(() -> !harness.worker().problems().isEmpty() || isExact());

    Files.delete(filler());

    harness.awaitExact();
    assertThat(harness.stored()).hasSize(tags - 100 + 1);
  }

  /** PostgreSQL stops itself, and cannot start before there is space. */
  @Test
  void logThatCannotGrow_endsTheServerAndLosesNothing() throws Exception {
    fill();
    harness.execute("update author set name = 'Eve' where id = 1");
    int port = server.port();
    String state = "";
    while (!state.startsWith("08") && !state.startsWith("57")) {
      try {
        harness.execute("select pg_logical_emit_message(false, 'filler', repeat('x', 1000000))");
      } catch (SQLException e) {
        state = String.valueOf(e.getSQLState());
      }
    }
    await().atMost(Harness.LIMIT).until(() -> !harness.worker().problems().isEmpty());

    Files.delete(filler());
    server.recover(port);

    harness.awaitReading();
    harness.awaitExact();
    assertThat(harness.stored().get("author:ada")).contains("Eve");
  }

  private boolean isExact() throws SQLException {
    return harness.stored().equals(harness.expected());
  }

  private Path filler() {
    return disk.resolve("filler");
  }

  /** Writes until there is no space at all. */
  private void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] page = new byte[4_096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), said).isZero();
  }
}

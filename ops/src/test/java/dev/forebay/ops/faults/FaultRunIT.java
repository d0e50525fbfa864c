package dev.forebay.ops.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.start.Lifetime;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's database that no worker could start on is told at once, not after a minute of nothing.
 */
class FaultRunIT {

  @TempDir private Path directory;

  @Test
  void run_databaseThatDoesNotFit_saysAllThatIsWrong() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      assertThat(problems(postgres.getPort()))
          .extracting(Problem::where)
          .containsExactly("database", "forebay.yaml:2 models.note.from");
    }
  }

  @Test
  void run_nothingListens_isSaidInWords() throws Exception {
    assertThat(problems(1)).singleElement().asString().contains("127.0.0.1:1 cannot be reached");
  }

  private List<Problem> problems(int port) throws IOException {
    Path models =
        Files.writeString(
            directory.resolve("forebay.yaml"),
            "models:\n  note: { from: note, key: \"{id}\", fields: [title] }\n");
    DatabaseConfig database =
        new DatabaseConfig(
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
            "127.0.0.1",
            port,
            "postgres",
            "postgres",
            new Secret(""),
            "disable",
            4);
    FaultOptions options =
        new FaultOptions(
            1, Duration.ofSeconds(1), 1, directory, models, null, database, Set.of(), false);
    ProgressLine silent = new ProgressLine(new PrintWriter(Writer.nullWriter()), false, true);
    try (Lifetime lifetime = new Lifetime()) {
      return catchThrowableOfType(
              InvalidSetupException.class, () -> new FaultRun(options, silent).run(lifetime))
          .problems();
    }
  }
}

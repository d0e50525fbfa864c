package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.Environment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API's role must be able to do before it may issue tokens. */
class ApiTokensIT {

  @TempDir static Path directory;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    execute(
        """
        create table note (id int primary key, text text);
        create table hidden (id int primary key, note_id int references note);
        create role clerk login;
        grant create, temporary on database postgres to clerk;
        grant select, insert, update on note to clerk;
        grant select on hidden to clerk;
        alter table hidden enable row level security;
        alter table hidden replica identity full;
        """);
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          note: { from: note, key: "{id}", fields: [text], include: { hidden: { count: hidden } } }
        resources:
          note: { table: note, key: id, write: [text], roles: [editor] }
        """);
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void role_thatDoesNotSeeEveryRow_mayNotIssueTokens() throws Exception {
    assertThatThrownBy(() -> open("0123456789abcdef0123456789abcdef"))
        .isInstanceOf(InvalidSetupException.class)
        .hasMessageContaining(
            "table public.hidden: has row security, which would hide rows from role clerk");

    open("");

    execute("alter role clerk bypassrls");
    open("0123456789abcdef0123456789abcdef");
  }

  /** Everything but the port. */
  private static void open(String secret) throws Exception {
    Map<String, String> variables = new HashMap<>();
    variables.put("FOREBAY_DATABASE_URL", postgres.getJdbcUrl("clerk", "postgres"));
    variables.put("FOREBAY_DATABASE_USER", "clerk");
    variables.put("FOREBAY_MODELS", directory.resolve("forebay.yaml").toString());
    variables.put("FOREBAY_TOKEN_SECRET", secret);
    try (Lifetime lifetime = new Lifetime()) {
      ApiProcess process =
          new ApiProcess(new Environment(variables).api(), new SimpleMeterRegistry(), lifetime);
      assertThat(process.roles()).contains("editor");
    }
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

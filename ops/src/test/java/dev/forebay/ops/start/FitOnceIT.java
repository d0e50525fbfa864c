package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.api.docs.DocsAccess;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start excuses of a file that was declared before the database changed. */
class FitOnceIT {

  private static final String FILE =
      """
      models:
        note: { from: note, key: "{id}", fields: [title] }
        page: { from: page, key: "{id}", fields: [body] }
      resources:
        page: { table: page, write: [body], roles: [editor] }
      """;

  private static EmbeddedPostgres postgres;
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    execute(
        "create table note (id int primary key, title text)",
        "create table page (id int primary key, body text, kind text)");
    declare(FILE);
    Schema.migrate(postgres.getPostgresDatabase(), Instance.DEFAULT);
    Ledger.open(postgres.getPostgresDatabase(), Instance.DEFAULT).models().remember(FILE);
  }

  @AfterEach
  void forget() throws SQLException {
    execute("drop table note, page", "drop schema forebay cascade");
  }

  @Test
  void start_declaredInTheSameWords_goesOnWithTheOthers() throws Exception {
    execute("alter table page drop column body");

    SetupCheck check = SetupCheck.ofStart(settings());

    assertThat(check.errors()).isEmpty();
    assertThat(check.models())
        .isNotNull()
        .satisfies(models -> {
          assertThat(models.models())
              .singleElement()
              .satisfies(its -> assertThat(its.name()).isEqualTo("note"));
          assertThat(models.stopped()).containsOnlyKeys("page");
        });
    assertThat(SetupCheck.of(settings()).errors()).as("what `check` says").hasSize(2);
  }

  @Test
  void start_identityThatIsNarrowNow_goesOnWithTheOthers() throws Exception {
    execute("alter table page replica identity nothing");

    SetupCheck check = SetupCheck.ofStart(settings());

    assertThat(check.errors()).isEmpty();
    assertThat(check.models())
        .isNotNull()
        .satisfies(models -> assertThat(models.stopped()).containsOnlyKeys("page"));
  }

  @Test
  void start_otherWords_areAMistake() throws Exception {
    execute("alter table page drop column body");
    declare(FILE.replace("fields: [body]", "fields: [body, kind]"));

    assertThat(SetupCheck.ofStart(settings()).errors()).hasSize(2);
  }

  @Test
  void start_mistakeOfTheFile_isNotExcused() throws Exception {
    execute("alter table page drop column body");
    declare(FILE + "colour: red\n");

    assertThat(SetupCheck.ofStart(settings()).errors()).hasSize(3);
  }

  @Test
  void start_withoutALedger_excusesNothing() throws Exception {
    execute("alter table page drop column body", "drop schema forebay cascade");

    assertThat(SetupCheck.ofStart(settings()).errors()).hasSize(2);
    execute("create schema forebay");
  }

  @Test
  void api_modelThatFittedOnce_isNoReasonToRefuse() throws Exception {
    declare(FILE.replace("write: [body]", "write: [kind]"));
    execute("alter table page drop column body");

    try (Lifetime lifetime = new Lifetime()) {
      assertThat(new ApiProcess(apiSettings(), DocsAccess.WITH_KEY, lifetime).roles())
          .containsExactly("editor");
    }
  }

  @Test
  void api_resourceThatFittedOnce_isRefused() throws Exception {
    execute("alter table page drop column body");

    try (Lifetime lifetime = new Lifetime()) {
      assertThatThrownBy(() -> new ApiProcess(apiSettings(), DocsAccess.WITH_KEY, lifetime))
          .isInstanceOf(InvalidSetupException.class)
          .hasMessageContaining("resources.page");
    }
  }

  private static void declare(String text) throws IOException {
    Files.writeString(directory.resolve("forebay.yaml"), text);
  }

  private static ModelsSettings settings() {
    return new ModelsSettings(config(), Instance.DEFAULT, directory.resolve("forebay.yaml"));
  }

  private static ApiSettings apiSettings() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      Endpoint endpoint = new Endpoint("127.0.0.1", free.getLocalPort());
      return new ApiSettings(
          config(), Instance.DEFAULT, directory.resolve("forebay.yaml"), endpoint, endpoint);
    }
  }

  private static DatabaseConfig config() {
    return new DatabaseConfig(
        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
        "localhost",
        postgres.getPort(),
        "postgres",
        "postgres",
        new Secret(""),
        "disable",
        4);
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}

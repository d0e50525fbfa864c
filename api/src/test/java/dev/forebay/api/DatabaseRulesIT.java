package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PostgreSQL refuses, as the client sees it. */
class DatabaseRulesIT {

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api =
        new TestApi(ApiConfig.DEFAULT.withTimeouts(Duration.ofSeconds(1), Duration.ofMillis(200)));
    client = api.client;
    api.execute(
        """
        insert into author (id, name) values (100, 'Ada');
        insert into article (slug, title, author_id) values ('first', 'T', 100);
        insert into article (slug, title, previous_id) values ('second', 'T', 1);
        insert into guarded values (1, 'calm')\
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void unique_namesTheColumn() {
    Reply refused = client.post("/v1/article", "{\"slug\":\"first\",\"title\":\"T\"}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.problem()).isEqualTo("unique-violation");
    assertThat(refused.errors()).containsExactly("/slug is taken by another row");
    assertThat(refused.body()).doesNotContain("first");
  }

  @Test
  void unique_namesEveryColumnOfTheKey() {
    client.post("/v1/odd", "{\"k/1\":\"a\",\"k 2\":1}");

    assertThat(client.post("/v1/odd", "{\"k/1\":\"a\",\"k 2\":1}").errors())
        .containsExactly("/k~11 is taken by another row", "/k 2 is taken by another row");
  }

  @Test
  void foreignKey_toNothing() {
    Reply created =
        client.post("/v1/article", "{\"slug\":\"x\",\"title\":\"T\",\"author_id\":\"77\"}");
    assertThat(created.status()).isEqualTo(422);
    assertThat(created.problem()).isEqualTo("invalid-reference");
    assertThat(created.errors()).containsExactly("/author_id refers to no existing row");

    Reply changed = client.patch("/v1/article/1", "{\"previous_id\":77}");
    assertThat(changed.problem()).isEqualTo("invalid-reference");
    assertThat(changed.errors()).containsExactly("/previous_id refers to no existing row");
  }

  @Test
  void foreignKey_stillReferenced() {
    assertThat(client.delete("/v1/author/100").problem()).isEqualTo("still-referenced");
    assertThat(client.delete("/v1/article/1").status()).as("refers to itself").isEqualTo(409);
  }

  @Test
  void check_namesTheColumn() {
    assertThat(client.patch("/v1/article/1", "{\"words\":-5}").errors())
        .containsExactly("/words breaks a rule of the database");
    assertThat(client.patch("/v1/article/1", "{\"slug\":\"UPPER\"}").problem())
        .isEqualTo("constraint-violation");
  }

  @ParameterizedTest
  @CsvSource({
    "23505, 409, unique-violation",
    "23P01, 409, conflict",
    "23503, 422, invalid-reference",
    "23514, 422, constraint-violation",
    "23502, 422, constraint-violation",
    "22001, 422, invalid-content",
    "22P02, 422, invalid-content",
    "44000, 422, constraint-violation",
    "P0001, 422, constraint-violation",
    "40001, 503, contended",
    "40P01, 503, contended",
    "55P03, 503, contended",
    "57014, 503, timed-out",
    "57P01, 503, unavailable",
    "53100, 503, unavailable",
    "53300, 503, unavailable",
    "08006, 503, unavailable",
    "25006, 503, read-only",
    "42703, 500, internal",
    "XX000, 500, internal",
  })
  void sqlState_isMapped(String state, int status, String problem) throws Exception {
    Reply refused = client.post("/v1/guarded", "{\"id\":5,\"note\":\"raise " + state + "\"}");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
    assertThat(refused.problem()).isEqualTo(problem);
    assertThat(refused.body())
        .doesNotContain("secret")
        .doesNotContain(state)
        .doesNotContainIgnoringCase("insert");
    assertThat(refused.header("Retry-After").isEmpty()).isEqualTo(status != 503);
    assertThat(api.ask("select count(*) from guarded")).isEqualTo("1");
  }

  @Test
  void deadlock_isRetriedTwice() throws Exception {
    api.execute("alter sequence guarded_attempts restart");
    Reply created = client.post("/v1/guarded", "{\"id\":6,\"note\":\"deadlock until 3\"}");
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    client.delete("/v1/guarded/6");

    api.execute("alter sequence guarded_attempts restart");
    assertThat(client.post("/v1/guarded", "{\"id\":6,\"note\":\"deadlock until 4\"}").problem())
        .isEqualTo("contended");
    assertThat(api.ask("select last_value from guarded_attempts")).isEqualTo("3");
  }

  @Test
  void trigger_dropsTheRow() {
    assertThat(client.post("/v1/guarded", "{\"id\":7,\"note\":\"vanish\"}").problem())
        .isEqualTo("constraint-violation");
  }

  @Test
  void trigger_mayFillWhatIsMissing() {
    assertThat(client.post("/v1/guarded", "{\"note\":\"x\"}").errors())
        .as("not refused before SQL, so PostgreSQL names it")
        .containsExactly("/id must not be null");
  }

  @Test
  void statement_tooSlow() {
    assertThat(client.post("/v1/guarded", "{\"id\":8,\"note\":\"sleep 5\"}").problem())
        .isEqualTo("timed-out");
  }

  @Test
  void lock_heldTooLong() throws Exception {
    try (Connection other = api.postgres.getPostgresDatabase().getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select from guarded where id = 1 for update");

      assertThat(client.patch("/v1/guarded/1", "{\"note\":\"x\"}").problem())
          .isEqualTo("contended");
      assertThat(client.get("/v1/guarded/1").status()).isEqualTo(200);
      other.rollback();
    }
    assertThat(client.patch("/v1/guarded/1", "{\"note\":\"calm\"}").status()).isEqualTo(200);
  }

  @Test
  void connection_killedDuringStatement() throws Exception {
    api.execute(
        """
        create function killed() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
        create trigger killed before update on event for each row execute function killed();
        insert into event values ('2020-01-01Z', 'x')\
        """);

    assertThat(client.patch("/v1/event/2020-01-01T00:00:00Z", "{\"what\":\"y\"}").problem())
        .isEqualTo("unavailable");
    assertThat(client.get("/v1/event/2020-01-01T00:00:00Z").status()).isEqualTo(200);
  }

  @Test
  void connection_lostDuringCommit() throws Exception {
    api.execute(
        """
        create function killed_late() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
        create constraint trigger killed_late after insert on author
        deferrable initially deferred for each row when (new.name = 'late')
        execute function killed_late()\
        """);

    Reply unknown = client.post("/v1/author", "{\"name\":\"late\"}");

    assertThat(unknown.problem()).isEqualTo("outcome-unknown");
    assertThat(unknown.header("Retry-After")).isEmpty();
  }
}

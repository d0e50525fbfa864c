package dev.forebay.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How keys come, are found, and go. */
class ApiKeysIT {

  private static final Set<String> EDITOR = Set.of("editor", "author");
  private static final String OLD = "fb_" + "a".repeat(31) + "b";
  private static final String OLD_HASH = "encode(sha256('" + OLD + "'), 'hex')";

  private static EmbeddedPostgres postgres;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private ApiKeys keys;
  private ApiKeys elsewhere;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    LedgerSchema.migrate(postgres.getPostgresDatabase(), Instance.DEFAULT);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    execute("truncate forebay.api_key");
    keys = new ApiKeys(counted(), Instance.DEFAULT, nanos::get);
    elsewhere = new ApiKeys(postgres.getPostgresDatabase(), Instance.DEFAULT);
  }

  @Test
  void key_provesItsNameAndRoles() throws SQLException {
    String key = keys.create("newsroom", EDITOR);

    assertThat(keys.find(key)).contains(new Principal("newsroom", EDITOR, "{}"));
  }

  @Test
  void key_withOneLetterChanged_isRefused_alsoWhileTheRightOneIsTrusted() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    for (int at = 3; at < key.length(); at++) {
      char other = key.charAt(at) == 'a' ? 'b' : 'a';
      String wrong = key.substring(0, at) + other + key.substring(at + 1);
      assertThat(keys.find(wrong)).as(wrong).isEmpty();
    }

    assertThat(keys.find(key)).isPresent();
    String wrong = key.substring(0, 14) + "a".repeat(32);
    assertThat(keys.find(wrong)).as("the id of a trusted key").isEmpty();
    assertThat(keys.findTrusted(wrong)).isEmpty();
    assertThat(keys.findTrusted(key)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fb_", "fb__", "FB_aaaaaaaaaa_", "fb_aaaaaaaaaa", "x y", "fb_\u0000"})
  void text_thatIsNoKey_costsNoQuery(String text) throws SQLException {
    assertThat(keys.find(text)).isEmpty();
    assertThat(keys.find("x".repeat(1_000_000))).isEmpty();
    assertThat(connections).hasValue(0);
  }

  @Test
  void key_isAskedForOnceInItsTime() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    execute("update forebay.api_key set last_used_at = now()");
    connections.set(0);

    keys.find(key);
    keys.find(key);
    assertThat(connections).hasValue(1);

    nanos.addAndGet(ApiKeys.TRUST.toNanos());
    keys.find(key);
    assertThat(connections).hasValue(2);
  }

  @Test
  void revocation_elsewhere_isFeltWithinTrust() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    assertThat(keys.find(key)).isPresent();

    assertThat(elsewhere.revoke(List.of(id(key)))).containsExactly(id(key));

    nanos.addAndGet(ApiKeys.TRUST.minusMillis(1).toNanos());
    assertThat(keys.find(key)).as("trusted for %s", ApiKeys.TRUST).isPresent();
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(keys.find(key)).isEmpty();
  }

  @Test
  void revocation_here_isFeltAtOnce() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    assertThat(keys.find(key)).isPresent();

    assertThat(keys.revoke(List.of(id(key), "unknown"))).containsExactly(id(key));

    assertThat(keys.find(key)).isEmpty();
    assertThat(keys.revoke(List.of(id(key)))).as("revoked before").isEmpty();
  }

  @Test
  void revokeByName_spares_otherNames() throws SQLException {
    String first = keys.create("newsroom", EDITOR);
    String second = keys.create("newsroom", EDITOR);
    String other = keys.create("newsroom2", EDITOR);

    assertThat(keys.revokeByName("newsroom")).containsExactlyInAnyOrder(id(first), id(second));

    assertThat(keys.find(first)).isEmpty();
    assertThat(keys.find(second)).isEmpty();
    assertThat(keys.find(other)).isPresent();
  }

  @Test
  void rotation_letsTwoKeysLive() throws SQLException {
    KeyGrant grant = new KeyGrant("newsroom", EDITOR, null);
    String first = keys.create(grant);
    String second = keys.rotate(grant);
    assertThat(keys.find(first)).as("the one before goes on").isPresent();
    assertThat(keys.find(second)).isPresent();

    String third = keys.rotate(grant);

    assertThat(keys.find(first)).as("two are enough").isEmpty();
    assertThat(keys.find(second)).isPresent();
    assertThat(keys.find(third)).isPresent();
  }

  @Test
  void rotation_doesNotCountWhatIsNotLive() throws SQLException {
    KeyGrant grant = new KeyGrant("newsroom", EDITOR, null);
    String first = keys.create(grant);
    keys.revoke(List.of(id(keys.create(grant))));
    keys.create(grant);
    execute("update forebay.api_key set expires_at = now() where id <> '" + id(first) + "'");

    String fresh = keys.rotate(grant);

    assertThat(keys.find(first)).isPresent();
    assertThat(keys.find(fresh)).isPresent();
  }

  @Test
  void rotations_atOnce_leaveTwo() throws Exception {
    KeyGrant grant = new KeyGrant("newsroom", EDITOR, null);
    List<Callable<String>> rotations = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rotations.add(() -> elsewhere.rotate(grant));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<String> made : threads.invokeAll(rotations)) {
        assertThat(made.get()).startsWith("fb_");
      }
    }

    assertThat(keys.list()).filteredOn(key -> key.state() == KeyEntry.State.LIVE).hasSize(2);
  }

  @Test
  void replacement_leavesOne() throws SQLException {
    String first = keys.create("newsroom", EDITOR);
    String fresh = keys.replace("newsroom", EDITOR);

    assertThat(keys.find(first)).isEmpty();
    assertThat(keys.find(fresh)).isPresent();
  }

  @Test
  void expiry_isByTheDatabasesClock() throws SQLException {
    String key = keys.create(new KeyGrant("newsroom", EDITOR, Duration.ofDays(90)));

    assertThat(
            ask(
                "select round(extract(epoch from expires_at - created_at) / 86400) from forebay.api_key"))
        .isEqualTo("90");
    assertThat(keys.find(key)).isPresent();
    execute("update forebay.api_key set expires_at = clock_timestamp()");
    nanos.addAndGet(ApiKeys.TRUST.toNanos());
    assertThat(keys.find(key)).isEmpty();
    assertThat(keys.list())
        .singleElement()
        .matches(entry -> entry.state() == KeyEntry.State.EXPIRED);
  }

  @Test
  void list_showsNoSecret() throws SQLException {
    String key = keys.create(new KeyGrant("newsroom", EDITOR, Duration.ofDays(1)));
    keys.create("archive", Set.of());
    keys.revokeByName("archive");

    List<KeyEntry> entries = keys.list();

    assertThat(entries).extracting(KeyEntry::name).containsExactly("archive", "newsroom");
    assertThat(entries)
        .extracting(KeyEntry::state)
        .containsExactly(KeyEntry.State.REVOKED, KeyEntry.State.LIVE);
    assertThat(entries.get(1).id()).isEqualTo(id(key));
    assertThat(entries.get(1).roles()).containsExactly("author", "editor");
    assertThat(entries.get(1).lastUsed()).isNull();
    assertThat(entries.toString())
        .doesNotContain(
            key.substring(14),
            ask("select hash from forebay.api_key where id = '" + id(key) + "'"));
    assertThat(ApiKey.random(new SecureRandom()).toString()).matches("fb_[a-z2-7]{10}_\\*\\*\\*");
  }

  @Test
  void lastUse_isNotedByTheFirstRequestOfAnHour() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    keys.find(key.substring(0, 14) + "a".repeat(32));
    keys.find(key);
    await().atMost(Duration.ofSeconds(10)).until(() -> keys.list().getFirst().lastUsed() != null);

    execute("update forebay.api_key set last_used_at = now() - interval '59 minutes'");
    String before = ask("select last_used_at from forebay.api_key");
    connections.set(0);
    nanos.addAndGet(ApiKeys.TRUST.toNanos());
    keys.find(key);
    assertThat(connections).as("nothing is written").hasValue(1);
    assertThat(ask("select last_used_at from forebay.api_key")).isEqualTo(before);

    execute("update forebay.api_key set last_used_at = now() - interval '61 minutes'");
    nanos.addAndGet(ApiKeys.TRUST.toNanos());
    keys.find(key);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            ask("select last_used_at > now() - interval '1 minute' from forebay.api_key")
                .equals("t"));
  }

  @Test
  void lastUse_ofADatabaseThatIsReadOnly_keepsNobodyOut() throws SQLException {
    String key = keys.create("newsroom", EDITOR);
    execute("alter database postgres set default_transaction_read_only = on");
    try {
      assertThat(keys.find(key)).isPresent();
    } finally {
      execute(
          "set default_transaction_read_only = off; alter database postgres reset default_transaction_read_only");
    }
  }

  @Test
  void keysFromBeforeIds_goOnWorking() throws SQLException {
    execute(
        "insert into forebay.api_key (hash, name, roles) values ("
            + OLD_HASH
            + ", 'old', '{editor}')");
    String id = ask("select left(" + OLD_HASH + ", 12)");

    assertThat(keys.find(OLD)).contains(new Principal("old", Set.of("editor"), "{}"));
    assertThat(keys.list()).singleElement().matches(entry -> entry.id().equals(id));
    assertThat(keys.revoke(List.of(id))).containsExactly(id);
    assertThat(keys.find(OLD)).isEmpty();
    keys.ensure(OLD, "development", EDITOR);
    assertThat(keys.find(OLD)).contains(new Principal("development", EDITOR, "{}"));
    assertThat(ask("select count(*) from forebay.api_key")).isEqualTo("1");
  }

  @Test
  void migration_keepsTheKeysThereAre() throws SQLException {
    DataSource database = postgres.getPostgresDatabase();
    Instance instance = new Instance("upgraded");
    String schema = instance.databaseName();
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:dev/forebay/ledger/migration")
        .schemas(schema)
        .createSchemas(true)
        .target("8")
        .load()
        .migrate();
    execute(
        "insert into "
            + schema
            + ".api_key (hash, name, roles) values ("
            + OLD_HASH
            + ", 'old', '{editor}')");

    LedgerSchema.migrate(database, instance);

    ApiKeys upgraded = new ApiKeys(database, instance);
    assertThat(upgraded.find(OLD)).contains(new Principal("old", Set.of("editor"), "{}"));
    assertThat(upgraded.rotate(new KeyGrant("old", EDITOR, null))).startsWith("fb_");
    assertThat(upgraded.list()).extracting(KeyEntry::state).containsOnly(KeyEntry.State.LIVE);
  }

  @Test
  void ensure_wrongForm_isRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> keys.ensure("fb_hunter2", "development", EDITOR))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "jwt:alice", "a\nb", "a\u0000b"})
  void name_thatIsNotFit_isRefused(String name) {
    assertThatThrownBy(() -> keys.create(name, EDITOR))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> keys.create("x".repeat(101), EDITOR))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keys_areDifferent() throws SQLException {
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String text = ApiKey.random(new SecureRandom()).text();
      made.add(text.substring(3, 13));
      made.add(text.substring(14));
    }

    assertThat(made).hasSize(2_000);
  }

  private static String id(String key) {
    return key.substring(3, 13);
  }

  private DataSource counted() {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              connections.incrementAndGet();
              return postgres.getPostgresDatabase().getConnection();
            });
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : Stream.of(sql.split(";")).toList()) {
        statement.execute(one);
      }
    }
  }

  private static String ask(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "no row";
    }
  }
}

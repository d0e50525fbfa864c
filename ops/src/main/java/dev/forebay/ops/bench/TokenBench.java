package dev.forebay.ops.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.ApiConfig;
import dev.forebay.api.ApiServer;
import dev.forebay.api.PoolConfig;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.ops.bench.Comparison.Round;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost: patches of one article of the example publication, through an API with a secret
 * and through one without, in turns on one PostgreSQL; by one client and by many, with a log that
 * is waited for and with one that is not.
 */
public final class TokenBench {

  private static final int CLIENTS = 16;
  private static final int ROWS = 4_000;
  private static final int WARM_UP_TURNS = 4;
  private static final double BOUND = 2;
  private static final TokenConfig TOKENS =
      new TokenConfig(List.of("a secret that only this bench has"), TokenConfig.LIFE, false, null);

  private final Path example;
  private final int rounds;
  private final Duration turn;
  private final PrintWriter out;

  /**
   * @param example the directory of the example publication
   * @param rounds of each comparison
   * @param turn how long each side works in each round
   * @param out takes the figures
   */
  public TokenBench(Path example, int rounds, Duration turn, PrintWriter out) {
    this.example = example;
    this.rounds = rounds;
    this.turn = turn;
    this.out = out;
  }

  /**
   * Measures everything.
   *
   * @return whether every bound was kept
   */
  public boolean run() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
      ReadModels models = prepare(postgres.getPostgresDatabase());
      out.printf(
          "%d s a turn, %d rounds; API: with tokens, bare: without%n", turn.toSeconds(), rounds);
      boolean kept = measure(postgres, models, "on");
      return measure(postgres, models, "off") && kept;
    }
  }

  private boolean measure(EmbeddedPostgres postgres, ReadModels models, String waits)
      throws Exception {
    String url = postgres.getJdbcUrl("postgres", "postgres");
    String option = (url.contains("?") ? "&" : "?") + "options=-c%20synchronous_commit%3D" + waits;
    try (HikariDataSource pool =
        new PoolConfig(url + option, "postgres", "", CLIENTS, true).open()) {
      ApiKeys keys = new ApiKeys(pool, Instance.DEFAULT);
      String key = keys.create("bench-" + waits, Set.of("editor"));
      try (ApiServer with = server(pool, models, keys, TOKENS);
          ApiServer without = server(pool, models, keys, null)) {
        with.start();
        without.start();
        Client.Factory tokens = patches(new HttpClients(with.port(), key));
        Client.Factory plain = patches(new HttpClients(without.port(), key));
        for (int i = 0; i < WARM_UP_TURNS; i++) {
          Turn.run(CLIENTS, turn, tokens);
          Turn.run(CLIENTS, turn, plain);
        }
        boolean kept = compare("1 " + waits, 1, tokens, plain);
        return compare(CLIENTS + " " + waits, CLIENTS, tokens, plain) && kept;
      }
    }
  }

  private boolean compare(String name, int clients, Client.Factory tokens, Client.Factory plain)
      throws Exception {
    List<Round> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      all.add(new Round(Turn.run(clients, turn, tokens), Turn.run(clients, turn, plain)));
    }
    Comparison comparison = new Comparison(name, all);
    comparison.lines().forEach(out::println);
    double times = 1 / comparison.median(Round::rate);
    out.printf(
        Locale.ROOT,
        "         time, of that without tokens: %.2f, wanted at most %.1f: %s%n",
        times,
        BOUND,
        times <= BOUND ? "kept" : "NOT KEPT");
    out.flush();
    return times <= BOUND;
  }

  private static Client.Factory patches(HttpClients http) {
    return client ->
        http.open(
            i -> "PATCH /v1/article/" + row(client, i), i -> "{\"title\":\"title " + i + "\"}", "");
  }

  /** No two clients write the same row, so nobody waits for a lock. */
  private static int row(int client, int number) {
    return client * (ROWS / CLIENTS) + number % (ROWS / CLIENTS) + 1;
  }

  private static ApiServer server(
      DataSource pool, ReadModels models, ApiKeys keys, @Nullable TokenConfig tokens) {
    ApiConfig config =
        ApiConfig.DEFAULT
            .at("127.0.0.1", 0)
            .withBounds(1 << 20, Duration.ZERO, LimitConfig.DEFAULT.withRate(0, 1))
            .withTokens(tokens);
    return new ApiServer(
        config, pool, models, keys, null, Instance.DEFAULT, new SimpleMeterRegistry());
  }

  private ReadModels prepare(DataSource database) throws IOException, SQLException {
    LedgerSchema.migrate(database, Instance.DEFAULT);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(example.resolve("schema.sql")));
      statement.execute(rows());
      return ModelCompiler.compileText(
          Files.readString(example.resolve("forebay.yaml")), connection);
    }
  }

  private static String rows() {
    return """
    insert into author (slug, name) select 'author-' || i, 'Author ' || i from generate_series(1, 40) i;
    insert into tag (slug, name) select 'tag-' || i, 'Tag ' || i from generate_series(1, 40) i;
    insert into article (slug, title, summary, body, status, author_id)
      select 'article-' || i, 'Title ' || i, 'Summary', repeat('lorem ipsum ', 80), 'published', 1 + i %% 40
      from generate_series(1, %1$d) i;
    insert into article_tag select i, 1 + (i + k * 7) %% 40 from generate_series(1, %1$d) i, generate_series(0, 2) k;
    insert into comment (article_id, author_id, body)
      select 1 + i %% %1$d, 1 + i %% 40, 'a comment' from generate_series(1, %1$d * 3) i;
    analyze
    """
        .formatted(ROWS);
  }
}

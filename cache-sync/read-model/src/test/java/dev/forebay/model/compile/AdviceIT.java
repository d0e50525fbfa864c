package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.model.FanOut;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.model.compile.ModelCompiler.Examined;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compiler says of models that work, but would be slow or reach far. */
class AdviceIT {

  private static final int ARTICLES = 60_000;
  private static final int AUTHORS = 4;

  private static TestDatabase database;
  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create table author (id int primary key, name text not null, motto text);
        create table article (id int primary key, author_id int not null references author,
                              topic text not null, lang text collate "C");
        create table small (id int primary key, author_id int references author);
        create table topic (id int primary key, name text not null);
        create table fresh (id int primary key, author_id int references author);
        create table parted (id int primary key, author_id int references author) partition by range (id);
        create table part_a partition of parted for values from (0) to (1000000);
        create table part_b partition of parted for values from (1000000) to (2000000);
        create index on part_a (author_id);
        alter table article replica identity full; alter table small replica identity full;
        alter table fresh replica identity full; alter table topic replica identity full;
        alter table parted replica identity full; alter table part_a replica identity full;
        alter table part_b replica identity full;
        insert into author select g, 'n' || g, 'm' || g from generate_series(1, %1$d) g;
        insert into article select g, g %% %1$d + 1, 't' || g %% 100, 'l' || g %% 3
          from generate_series(1, %2$d) g;
        insert into small select g, 1 from generate_series(1, 100) g;
        insert into topic select g, 't' || g from generate_series(1, 20000) g;
        insert into fresh select g, 1 from generate_series(1, 100000) g;
        insert into parted select g * 100, 1 from generate_series(1, 19999) g;
        analyze author, article, small, topic, parted;
        alter table fresh set (autovacuum_enabled = off);
        """
            .formatted(AUTHORS, ARTICLES));
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void link_withoutAnIndex_namesTheStatementAndMends() throws Exception {
    String yaml = "models:\n  m: { from: author, key: '{id}', include: { n: { count: article } } }";

    List<Problem> warnings = examine(yaml).warnings();

    assertThat(warnings)
        .extracting(Problem::toString)
        .containsExactly(
            "forebay.yaml:2 models.m.include.n.count: No index finds rows of public.article by"
                + " author_id, so each build of documents of 'm' would read all of its 60000 rows."
                + " Run: CREATE INDEX CONCURRENTLY IF NOT EXISTS \"article_author_id_forebay\" ON"
                + " \"public\".\"article\" (\"author_id\");");

    run(warnings);
    assertThat(examine(yaml).warnings()).isEmpty();
    database.execute("drop index article_author_id_forebay");
  }

  @Test
  void link_fromTheInnerSide_isNeededByRouting() throws Exception {
    String yaml =
        "models:\n  m: { from: article, key: '{id}', include: { a: { from: author, fields: [id] } } }";

    assertThat(examine(yaml).warnings())
        .extracting(Problem::what)
        .contains(
            "No index finds rows of public.article by author_id, so each changed row of"
                + " public.author would read all of its 60000 rows.");
  }

  @Test
  void link_ofASmallTable_needsNone() throws Exception {
    assertThat(
            examine("models:\n  m: { from: author, key: '{id}', include: { n: { count: small } } }")
                .warnings())
        .isEmpty();
  }

  @Test
  void link_byLongText_isMendedByAHashIndex() throws Exception {
    String yaml =
        "models:\n  m: { from: article, key: '{id}', include: { t: { from: topic, on: { name: topic }, fields: [id] } } }";
    List<Problem> warnings = examine(yaml).warnings();

    assertThat(warnings)
        .extracting(warning -> Objects.requireNonNull(warning.mend()).words())
        .contains(
            "Run: CREATE INDEX CONCURRENTLY IF NOT EXISTS \"topic_name_forebay\" ON"
                + " \"public\".\"topic\" USING hash (\"name\");");

    run(warnings);
    assertThat(examine(yaml).warnings()).noneMatch(warning -> warning.mend() != null);
    database.execute("drop index topic_name_forebay, article_topic_forebay");
  }

  @Test
  void link_ofAPartitionedTable_looksAtEachPartition() throws Exception {
    String yaml = "models:\n  m: { from: author, key: '{id}', include: { n: { count: parted } } }";

    assertThat(examine(yaml).warnings())
        .singleElement()
        .extracting(Problem::mend)
        .isEqualTo(
            new Mend.Index(
                List.of(new TableName("public", "part_b")), List.of("author_id"), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create index i on article (author_id, id)",
        "create index i on article using hash (author_id)",
        "create index i on article (author_id) where author_id is not null",
        "create unique index i on article (author_id, id) include (topic)"
      })
  void index_thatFinds(String sql) throws Exception {
    assertThat(warningsWith(sql)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create index i on article (id, author_id)",
        "create index i on article using brin (author_id)",
        "create index i on article (author_id) where id > 5",
        "create index i on article ((author_id + 0))"
      })
  void index_thatDoesNot(String sql) throws Exception {
    assertThat(warningsWith(sql)).hasSize(1);
  }

  private List<Problem> warningsWith(String sql) throws Exception {
    database.execute(sql);
    try {
      return examine(
              "models:\n  m: { from: author, key: '{id}', include: { n: { count: article } } }")
          .warnings();
    } finally {
      database.execute("drop index i");
    }
  }

  @Test
  void index_ofAnotherCollation_doesNotFind() throws Exception {
    String yaml =
        "models:\n  m: { from: author, key: '{id}', include: { n: { count: article, on: { lang: motto } } } }";
    database.execute("create index i on article (lang collate \"POSIX\")");
    try {
      assertThat(examine(yaml).warnings()).hasSize(1);
      database.execute("create index j on article (lang)");
      assertThat(examine(yaml).warnings()).isEmpty();
    } finally {
      database.execute("drop index if exists i, j");
    }
  }

  @Test
  void statistics_missing_areAWarning() throws Exception {
    assertThat(examine("models:\n  m: { from: fresh, key: '{id}', fields: [id] }").warnings())
        .extracting(Problem::toString)
        .containsExactly(
            "table public.fresh: was never analyzed, so PostgreSQL may choose plans that read it"
                + " whole. Run: ANALYZE \"public\".\"fresh\";");
  }

  @Test
  void fanOut_isWhatRoutingFinds() throws Exception {
    String yaml =
        "models:\n  m: { from: article, key: '{id}', fields: [id], include: { a: { from: author, fields: [name] } } }";
    Examined examined = examine(yaml);
    TableName author = new TableName("public", "author");
    Map<String, String> row = Map.of("id", "1", "name", "n1");
    int routed;
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      routed =
          examined
              .models()
              .affected(session.connection(), List.of(new RowChange(author, row, row)))
              .size();
    }

    assertThat(examined.paths())
        .extracting(FanOut::where)
        .containsExactly("forebay.yaml:2 models.m.key", "forebay.yaml:2 models.m.include.a.from");
    assertThat(examined.paths().getFirst().documents()).isOne();
    assertThat(examined.paths().getLast().documents()).isCloseTo(routed, within(routed / 10L));
    assertThat(examined.warnings())
        .extracting(Problem::what)
        .contains(
            "A changed row of public.author touches about "
                + examined.paths().getLast().documents()
                + " documents of model m.");
  }

  private static void run(List<Problem> warnings) throws Exception {
    for (Problem warning : warnings) {
      if (warning.mend() instanceof Mend.Index index) {
        for (TableName table : index.tables()) {
          database.execute(index.sql(table));
        }
      }
    }
  }

  private Examined examine(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("forebay.yaml"), yaml);
    try (Connection connection = database.dataSource().getConnection()) {
      return ModelCompiler.examine(file, connection);
    }
  }
}

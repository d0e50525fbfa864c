package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.ColumnType;
import dev.forebay.api.catalog.Constraint;
import dev.forebay.api.catalog.Kind;
import dev.forebay.api.catalog.Table;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is read from the catalog at start, and what is refused there. */
class SetupIT {

  private static TestApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    api.execute("create view article_view as select id, title from article");
    api.execute("create unique index on author (name) where secret = 'x'");
    api.execute("create unique index author_lower on author (lower(name), secret)");
    api.execute("create domain nested as slug not null default 'x'");
    api.execute(
        "create table every (a nested, b numeric(5), c numeric(3,-2), d numeric, e char(3),"
            + " f varchar(4)[], g status[], h inet, i bpchar, j bit(3), k timestamptz(3), l \"char\")");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void catalog_columns() throws Exception {
    Table article = read("article");

    assertThat(article.columns().keySet())
        .startsWith("id", "slug", "title", "status")
        .endsWith("title_length");
    assertThat(article.column("id").generated()).as("identity always").isTrue();
    assertThat(article.column("title_length").generated()).as("expression").isTrue();
    assertThat(article.column("title").generated()).isFalse();
    assertThat(article.column("slug").notNull()).isTrue();
    assertThat(article.column("slug").hasDefault()).isFalse();
    assertThat(article.column("status").hasDefault()).isTrue();
    assertThat(article.column("status").type().labels()).containsExactly("draft", "published");
    assertThat(article.column("status").type().sql()).isEqualTo("public.status");
    assertThat(read("author").column("id").generated()).as("identity by default").isFalse();
    assertThat(read("author").column("id").hasDefault()).isTrue();
  }

  @Test
  void catalog_types() throws Exception {
    Table every = read("every");

    Column nested = every.column("a");
    assertThat(nested.type().kind()).as("a domain over a domain over varchar").isEqualTo(Kind.TEXT);
    assertThat(nested.type().maxLength()).isEqualTo(40);
    assertThat(nested.type().sql()).isEqualTo("character varying");
    assertThat(nested.notNull()).isTrue();
    assertThat(nested.hasDefault()).isTrue();
    assertThat(every.column("b").type().precision()).isEqualTo(5);
    assertThat(every.column("b").type().scale()).isZero();
    assertThat(every.column("c").type().scale()).isEqualTo(-2);
    assertThat(every.column("d").type().precision()).isNull();
    assertThat(every.column("e").type().sql()).as("char would mean char(1)").isEqualTo("bpchar");
    assertThat(every.column("e").type().maxLength()).isEqualTo(3);
    assertThat(every.column("f").type().kind()).isEqualTo(Kind.ARRAY);
    assertThat(element(every, "f").maxLength()).isEqualTo(4);
    assertThat(element(every, "g").labels()).containsExactly("draft", "published");
    assertThat(every.column("g").type().sql()).isEqualTo("public.status[]");
    assertThat(every.column("h").type().kind()).isEqualTo(Kind.OTHER);
    assertThat(every.column("i").type().maxLength()).isNull();
    assertThat(every.column("j").type().sql()).as("bit would mean bit(1)").isEqualTo("\"bit\"");
    assertThat(every.column("k").type().kind()).isEqualTo(Kind.TIMESTAMPTZ);
    assertThat(every.column("l").type().kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void catalog_constraints() throws Exception {
    assertThat(read("article").findConstraint("article_slug_key"))
        .hasValue(new Constraint("article_slug_key", Constraint.Kind.UNIQUE, List.of("slug")));
    assertThat(read("article").findConstraint("article_previous_id_fkey"))
        .hasValue(
            new Constraint(
                "article_previous_id_fkey", Constraint.Kind.FOREIGN_KEY, List.of("previous_id")));
    assertThat(read("author").findConstraint("author_lower"))
        .hasValue(new Constraint("author_lower", Constraint.Kind.PARTLY_UNIQUE, List.of("secret")));
    assertThat(read("author").findConstraint("author_name_idx").orElseThrow().kind())
        .isEqualTo(Constraint.Kind.PARTLY_UNIQUE);
    assertThat(read("guarded").fillsRows()).isTrue();
    assertThat(read("author").fillsRows()).isFalse();
  }

  @Test
  void start_reportsEveryProblem() {
    List<Resource> resources =
        List.of(
            resource("ghost", "ghost", List.of("id"), List.of()),
            resource("view", "article_view", List.of("id"), List.of("title")),
            resource("a/b", "author", List.of("id"), List.of("name")),
            resource("author", "author", List.of("name"), List.of("nmae", "name")),
            resource("author", "author", List.of("uid"), List.of()),
            resource("article", "article", List.of("id"), List.of("id", "title_length")),
            resource("keyless", "author", List.of(), List.of("name")));

    InvalidSetupException refused =
        Assertions.catchThrowableOfType(
            InvalidSetupException.class,
            () -> {
              try (ApiServer server =
                  new ApiServer(
                      ApiConfig.DEFAULT.at("127.0.0.1", 0),
                      api.pool,
                      resources,
                      new ApiKeys(api.pool, Instance.DEFAULT),
                      Instance.DEFAULT)) {
                server.start();
              }
            });

    assertThat(refused.problems().stream().map(SetupIT::text))
        .containsExactly(
            "resource ghost: table public.ghost does not exist.",
            "resource view: table public.article_view does not exist.",
            "resource a/b: the name cannot stand in a URL.",
            "resource author: key [name] can name several rows of public.author or none.",
            "resource author: table public.author has no column nmae.",
            "resource author: is declared twice.",
            "resource author: table public.author has no column uid.",
            "resource article: column id is GENERATED ALWAYS, so nobody can write it.",
            "resource article: column title_length is GENERATED ALWAYS, so nobody can write it.",
            "resource keyless: key [] can name several rows of public.author or none.");
  }

  @Test
  void start_portInUse() {
    ApiConfig config = ApiConfig.DEFAULT.at("127.0.0.1", api.server.port());
    ApiKeys keys = new ApiKeys(api.pool, Instance.DEFAULT);
    try (ApiServer second = new ApiServer(config, api.pool, List.of(), keys, Instance.DEFAULT)) {
      assertThatThrownBy(second::start)
          .isInstanceOf(InvalidSetupException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + api.server.port());
    }
  }

  private static String text(Problem problem) {
    return problem.where() + ": " + problem.what();
  }

  private static Table read(String table) throws Exception {
    return new CatalogReader(api.pool).find(new TableName("public", table)).orElseThrow();
  }

  private static ColumnType element(Table table, String column) {
    return Objects.requireNonNull(table.column(column).type().element());
  }

  private static Resource resource(
      String name, String table, List<String> key, List<String> write) {
    return Resource.of(name, new TableName("public", table), key, write, TestApi.EDITOR);
  }
}

package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ModelCompilerIT {

  private static TestDatabase database;
  private static ReadModels models;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.executeResource("/publication/schema.sql");
    models = database.compileResource("/publication/forebay.yaml");
    database.execute(
        """
        insert into author values (1, 'ann', 'Ann', null), (2, 'bob', 'Bob', 1);
        insert into article values
          (9007199254740993, 'one', 'One', 'published', 1.50, 3, '2026-01-02T03:04:05.678Z', 2, 1),
          (2, 'two', 'Two', 'draft', 1, 1, null, 2, null);
        insert into tag values (1, 'x', 'Xylem'), (2, 'b', 'Bee');
        insert into article_tag values (9007199254740993, 1), (9007199254740993, 2), (2, 1);
        insert into comment values
          (1, 9007199254740993, 1, 'first', '2026-01-01Z'), (2, 9007199254740993, null, 'spam', '2026-01-01Z');
        insert into credit values
          (1, 9007199254740993, 2, 'photos', null), (2, 9007199254740993, 2, 'writer', 1),
          (3, 9007199254740993, 1, 'photos', 1), (4, 9007199254740993, 1, 'ghost', 0);
        insert into edition values ('one', 'de', 'Eins');
        insert into chapter values ('one', 'de', 1, 'a'), ('one', 'de', 2, null);
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static String build(String model, String... values) throws SQLException {
    ReadModel readModel = models.find(model).orElseThrow();
    DocumentKey key = readModel.key(List.of(values));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<Document> documents = readModel.build(session.connection(), List.of(key));
      assertThat(documents).singleElement().extracting(Document::key).isEqualTo(key);
      return String.valueOf(documents.getFirst().json());
    }
  }

  @Test
  void trim_leavesTheColumnsThatLeadToDocuments() {
    TableName comment = new TableName("public", "comment");
    Map<String, String> row = Map.of("id", "1", "article_id", "2", "body", "long");

    RowChange trimmed = models.trim(new RowChange(comment, null, row));

    assertThat(trimmed.before()).isNull();
    assertThat(trimmed.after()).containsEntry("article_id", "2").doesNotContainKey("body");
    assertThat(models.trim(new RowChange(new TableName("public", "other"), row, row)).after())
        .isEmpty();
  }

  @Test
  void build_limitedInSize_leavesTheOthersForTheNextTurn() throws SQLException {
    ReadModel article = models.find("article").orElseThrow();
    List<DocumentKey> keys = List.of(article.key(List.of("one")), article.key(List.of("none")));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<Document> first = article.build(session.connection(), keys, 1);
      assertThat(first).extracting(Document::key).containsExactly(keys.getFirst());

      List<Document> rest = article.build(session.connection(), keys.subList(1, 2), 1);
      assertThat(rest).containsExactly(new Document(keys.getLast(), null));
    }
  }

  @Test
  void build_nestedDocument() throws SQLException {
    assertThat(build("article", "one"))
        .isEqualTo(
            """
            {"id": "9007199254740993", "slug": "one", "tags": [{"name": "Bee", "slug": "b"}, \
            {"name": "Xylem", "slug": "x"}], "total": "4.50", "author": {"name": "Bob", \
            "mentor": {"name": "Ann"}}, "editor": {"name": "Ann"}, "credits": \
            [{"no": 1, "name": "Ann", "role": "photos"}, {"no": 1, "name": "Bob", "role": "writer"}, \
            {"no": null, "name": "Bob", "role": "photos"}], "comments": [{"body": "first", \
            "author": {"name": "Ann"}, "created_at": "2026-01-01T00:00:00+00:00"}], \
            "editions": [{"lang": "de", "title": "Eins"}], "headline": "One", \
            "published_at": "2026-01-02T03:04:05.678+00:00", "comment_count": 2}\
            """);
  }

  @Test
  void build_aggregates() throws SQLException {
    assertThat(build("author", "bob"))
        .isEqualTo(
            """
            {"mean": 0.41666666666666663, "name": "Bob", "first": "2026-01-02T03:04:05.678+00:00", \
            "worth": "5.50", "handle": "bob", "mentor": {"handle": "ann"}, "pupils": [], \
            "articles": [{"slug": "one", "tags": [{"slug": "x"}, {"slug": "b"}], "title": "One"}], \
            "cheapest": "1.50", "is_credited": true}\
            """);
  }

  @Test
  void build_aggregatesOfNoRow() throws SQLException {
    assertThat(build("author", "ann"))
        .contains("\"mean\": null", "\"first\": null", "\"worth\": null");
    assertThat(build("tag", "b")).contains("\"most\": 3", "\"article_count\": 1");
  }

  @Test
  void build_rowOutsideWhere() throws SQLException {
    assertThat(build("article", "two")).isEqualTo("null");
  }

  @Test
  void build_compositeKey() throws SQLException {
    assertThat(build("edition", "one", "de"))
        .isEqualTo(
            """
            {"title": "Eins", "article": {"title": "One", "status": "published"}, \
            "chapters": [{"number": 2, "heading": null}, {"number": 1, "heading": "a"}]}\
            """);
  }

  @Test
  void build_singleton() throws SQLException {
    assertThat(build("front_page"))
        .isEqualTo("{\"latest\": [{\"slug\": \"one\"}], \"author_count\": 2}");
  }

  @Test
  void compile_declaration() {
    assertThat(models.models())
        .extracting(ReadModel::name)
        .containsExactly(
            "article", "author", "tag", "edition", "front_page", "commenter", "label", "totals");
    assertThat(models.find("front_page").orElseThrow().cadence().minInterval())
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(models.tables())
        .extracting(TableName::name)
        .containsExactly(
            "article", "article_tag", "author", "chapter", "comment", "credit", "edition", "tag");
    assertThat(models.resources())
        .containsExactly(
            Resource.of(
                "article",
                new TableName("public", "article"),
                List.of("id"),
                List.of("slug", "title", "status", "author_id"),
                Set.of("editor")));
  }

  @Test
  void keys_pageByPage() throws SQLException {
    ReadModel author = models.find("author").orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<DocumentKey> first = author.keys(session.connection(), null, 1);
      List<DocumentKey> second = author.keys(session.connection(), first.getFirst(), 1);
      assertThat(first).extracting(DocumentKey::kvKey).containsExactly("author:ann");
      assertThat(second).extracting(DocumentKey::kvKey).containsExactly("author:bob");
      assertThat(author.keys(session.connection(), second.getFirst(), 1)).isEmpty();
    }
  }

  @Test
  void keys_onlyRowsWithADocument() throws SQLException {
    ReadModel article = models.find("article").orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(article.keys(session.connection(), null, 10))
          .extracting(DocumentKey::kvKey)
          .containsExactly("article:one");
    }
  }
}

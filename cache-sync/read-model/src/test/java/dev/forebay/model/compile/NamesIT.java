package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Affected;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Names that would break a statement if they were not quoted, and types of an extension. */
class NamesIT {

  private static final JsonMapper JSON = new JsonMapper();

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create schema "My Shop";
        create table "My Shop"."Order ""1""; drop table x; --" (
          "Id?" int primary key, "🦆 ' \\ $1" text, "select" int, j int, k int, n int, t0 int);
        create table "My Shop".line (
          id int primary key, "order" int not null references "My Shop"."Order ""1""; drop table x; --", v0 int);
        alter table "My Shop".line replica identity full;
        insert into "My Shop"."Order ""1""; drop table x; --" values (1, 'duck', 2, 3, 4, 5, 6);
        insert into "My Shop".line values (7, 1, 8);

        create table shelf (id int primary key);
        create table book (id int primary key, "link 0" text, "expression 0" text);
        create table placed (
          book_id int references book, shelf_id int references shelf, spot int, "expression 0" int,
          primary key (book_id, shelf_id));
        insert into shelf values (1);
        insert into book values (2, 'a', 'b'), (3, 'c', 'd');
        insert into placed values (2, 1, 9, 5), (3, 1, 8, 6);

        create extension citext;
        create table person (nick citext primary key, name text);
        create table post (id int primary key, nick citext not null references person on update cascade);
        create index post_nick on post (nick);
        alter table post replica identity full;
        insert into person values ('Ann', 'A'), ('bob', 'B');
        insert into post values (1, 'ann'), (2, 'ANN'), (3, 'bob');
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void build_hostileNames() throws Exception {
    ReadModel model =
        database
            .compile(
                """
                models:
                  m:
                    from: 'My Shop.Order "1"; drop table x; --'
                    key: "{Id?}"
                    where: '"select" = 2'
                    fields: ["🦆 ' \\\\ $1", j, k, n, t0, { "x'); drop table x; --": '"t0" + j' }]
                    include:
                      "l'i": { from: My Shop.line, where: v0 = 8, order: v0, limit: 1, fields: [id] }
                """)
            .models()
            .getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      DocumentKey key = model.key(List.of("1"));
      assertThat(model.build(session.connection(), List.of(key)).getFirst().json())
          .isEqualTo(
              """
              {"j": 3, "k": 4, "n": 5, "t0": 6, "l'i": [{"id": 7}], "🦆 ' \\\\ $1": "duck", \
              "x'); drop table x; --": 9}\
              """);
      assertThat(model.keys(session.connection(), null, 3)).containsExactly(key);
    }
  }

  /**
   * More members than two levels of calls take arguments, of equal and unequal length, and every
   * character JSON knows.
   */
  @Test
  void build_manyMembersWithOddNamesAndValues_isWhatJsonbWrites() throws Exception {
    long seed = 20261126;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    // Of these two the order by UTF-16 is not that by UTF-8.
    Set<String> names = new LinkedHashSet<>(List.of("🐀", "！a", "a\t\n\rb"));
    while (names.size() < 1_000) {
      String name = text(random, 1 + random.nextInt(8));
      names.add(name.replaceAll("[\\p{Cntrl}&&[^\\t\\n\\r]]", "^").strip());
    }
    names.remove("");
    StringBuilder columns = new StringBuilder();
    StringBuilder fields = new StringBuilder();
    List<String> values = new ArrayList<>();
    for (String name : names) {
      String column = '"' + name.replace("\"", "\"\"") + '"';
      columns.append(", ").append(column).append(" text");
      fields.append(fields.isEmpty() ? "" : ", ").append(JSON.writeValueAsString(name));
      // A row must fit into a page.
      values.add(random.nextInt(20) > 0 ? null : text(random, random.nextInt(40)));
    }
    database.execute("create table odd (the_key int primary key" + columns + ")");
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into odd values (1" + ", ?".repeat(values.size()) + ")")) {
      for (int i = 0; i < values.size(); i++) {
        insert.setString(i + 1, values.get(i));
      }
      insert.executeUpdate();
    }
    ReadModel model =
        database
            .compile("models: { odd: { from: odd, key: \"{the_key}\", fields: [" + fields + "] } }")
            .models()
            .getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource());
        Statement statement = session.connection().createStatement();
        ResultSet row =
            statement.executeQuery("select (to_jsonb(o.*) - 'the_key')::text from public.odd o")) {
      row.next();
      assertThat(model.build(session.connection(), List.of(model.key(List.of("1")))))
          .singleElement()
          .extracting(Document::json)
          .isEqualTo(row.getString(1));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(8)) {
        case 0 -> text.append("\"\\/'??$::,{}[]".charAt(random.nextInt(14)));
        case 1 -> text.append((char) (1 + random.nextInt(0x1f)));
        case 2 -> text.append((char) (0xa1 + random.nextInt(0x800)));
        case 3 -> text.appendCodePoint(0x1f400 + random.nextInt(64));
        default -> text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }

  @Test
  void build_columnsNamedAsTheGeneratorNamesItsOwn() throws Exception {
    ReadModel model =
        database
            .compile(
                """
                models:
                  shelf:
                    from: shelf
                    key: "{id}"
                    include:
                      books:
                        from: book
                        through: { from: placed, fields: [spot, { twice: spot * 2 }] }
                        order: through.spot
                        fields: [id, "link 0", "expression 0", { sum: '''x'' || "link 0"' }]
                """)
            .models()
            .getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      DocumentKey key = model.key(List.of("1"));
      assertThat(model.build(session.connection(), List.of(key)).getFirst().json())
          .isEqualTo(
              """
              {"books": [{"id": 3, "sum": "xc", "spot": 8, "twice": 16, "link 0": "c", \
              "expression 0": "d"}, {"id": 2, "sum": "xa", "spot": 9, "twice": 18, "link 0": "a", \
              "expression 0": "b"}]}\
              """);
    }
  }

  @Test
  void affected_hostileNames() throws Exception {
    ReadModels models =
        database.compile(
            """
            models:
              m:
                from: 'My Shop.Order "1"; drop table x; --'
                key: "{Id?}"
                include: { lines: { from: My Shop.line, fields: [id] } }
            """);
    RowChange change =
        new RowChange(
            new TableName("My Shop", "line"), Map.of("id", "7", "order", "1", "v0", "8"), null);
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(models.affected(session.connection(), List.of(change)))
          .containsExactly(new Affected(0, models.find("m").orElseThrow().key(List.of("1"))));
    }
  }

  private static ReadModels people() throws Exception {
    return database.compile(
        """
        models:
          person:
            from: person
            key: "{nick}"
            fields: [nick]
            include: { posts: { from: post, fields: [id, nick] } }
        """);
  }

  @Test
  void build_citextLink_followsTheExtensionsEquality() throws Exception {
    ReadModel person = people().models().getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(
              person
                  .build(session.connection(), List.of(person.key(List.of("Ann"))))
                  .getFirst()
                  .json())
          .isEqualTo(
              """
              {"nick": "Ann", "posts": [{"id": 1, "nick": "ann"}, {"id": 2, "nick": "ANN"}]}\
              """);
    }
  }

  @Test
  void build_citextKey_belongsToItsSpellingAlone() throws Exception {
    ReadModel person = people().models().getFirst();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(person.build(session.connection(), List.of(person.key(List.of("ANN")))))
          .extracting(Document::json)
          .containsOnlyNulls();
      assertThat(person.keys(session.connection(), person.key(List.of("Ann")), 5))
          .containsExactly(person.key(List.of("bob")));
    }
  }

  @Test
  void affected_citextLink() throws Exception {
    ReadModels models = people();
    RowChange moved =
        new RowChange(
            new TableName("public", "post"),
            Map.of("id", "1", "nick", "BOB"),
            Map.of("id", "1", "nick", "ann"));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(models.affected(session.connection(), List.of(moved)))
          .extracting(affected -> affected.key().kvKey())
          .containsExactlyInAnyOrder("person:Ann", "person:bob");
    }
  }

  @Test
  void build_keyOfAnotherTemplate_isNobodys() throws Exception {
    ReadModel person = people().models().getFirst();
    List<DocumentKey> keys =
        List.of(
            new DocumentKey("person", List.of("Ann"), "person:old/Ann"),
            new DocumentKey("person", List.of("Ann", "x"), "person:Ann/x"),
            person.key(List.of("A\0nn")));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      assertThat(person.build(session.connection(), keys))
          .containsExactlyInAnyOrderElementsOf(
              keys.stream().map(key -> new Document(key, null)).toList());
    }
  }

  @Test
  void affected_columnMissingFromEveryImage() throws Exception {
    ReadModels models = people();
    TableName post = new TableName("public", "post");
    List<RowChange> changes =
        List.of(
            new RowChange(post, null, Map.of("id", "1", "nick", "ann")),
            new RowChange(post, Map.of("id", "1"), null));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      Assertions.assertThatExceptionOfType(IncompleteImageException.class)
          .isThrownBy(() -> models.affected(session.connection(), changes))
          .withMessageContaining("public.post without nick")
          .satisfies(e -> assertThat(e.changes()).containsExactly(1));
    }
  }
}

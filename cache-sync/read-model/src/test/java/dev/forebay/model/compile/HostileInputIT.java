package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Affected;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Declarations and data as large, or as odd, as PostgreSQL lets them be. */
class HostileInputIT {

  /** The most that a table of PostgreSQL can have. */
  private static final int MOST_COLUMNS = 1_600;

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    for (int columns : List.of(300, MOST_COLUMNS)) {
      database.execute(
          """
          create table wide_%1$d (%2$s, primary key (c1));
          alter table wide_%1$d replica identity full;
          insert into wide_%1$d (c1) values (7)\
          """
              .formatted(columns, columns(columns, " int")));
    }
    database.execute(
        """
        create table node (id int primary key, parent_id int references node, name text);
        create index on node (parent_id);
        alter table node replica identity full;
        insert into node select i, nullif(i / 2, 0), 'n' || i from generate_series(1, 40) i;
        create table big (id int primary key, body text);
        create table part (id int primary key, big_id int not null references big, body text);
        create index on part (big_id);
        alter table part replica identity full\
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static String columns(int count, String type) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "c" + i + type)
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, MOST_COLUMNS})
  void tableOfManyColumns_isOneObject(int columns) throws Exception {
    ReadModels models =
        database.compile(
            """
            models:
              m:
                from: wide_%1$d
                key: "{c1}"
                fields: [%2$s]
                include:
                  same: { from: wide_%1$d, on: { c1: c1 }, fields: [%2$s] }
                  half: { from: wide_%1$d, on: { c2: c1 }, order: [%3$s], fields: [%2$s] }
            """
                .formatted(columns, columns(columns, ""), columns(30, "")));
    JsonNode document = new JsonMapper().readTree(build(models, "m", "7"));

    assertThat(document.size()).isEqualTo(columns + 2);
    assertThat(document.get("same").size()).isEqualTo(columns);
    assertThat(document.get("c1").intValue()).isEqualTo(7);
    assertThat(document.get("c" + columns).isNull()).isTrue();

    Map<String, @Nullable String> row = new HashMap<>();
    IntStream.rangeClosed(1, columns).forEach(i -> row.put("c" + i, "7"));
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      TableName table = new TableName("public", "wide_" + columns);
      assertThat(models.affected(session.connection(), List.of(new RowChange(table, row, row))))
          .extracting(Affected::key)
          .extracting(DocumentKey::kvKey)
          .containsExactly("m:7");
    }
  }

  @Test
  void fiftyModels_areCompiledAndRoutedEach() throws Exception {
    String yaml =
        IntStream.range(0, 50)
            .mapToObj(i ->
                """
                  m%d:
                    from: node
                    key: "%d/{id}"
                    fields: [name]
                    include:
                      parent: { from: node, on: { id: parent_id }, fields: [name] }
                      children:
                        from: node
                        on: { parent_id: id }
                        fields: [name]
                        include: { more: { count: node, on: { parent_id: id } } }
                """
                    .formatted(i, i))
            .collect(Collectors.joining("", "models:\n", ""));
    long began = System.nanoTime();
    ReadModels models = database.compile(yaml);
    System.out.printf(
        "HostileInputIT: 50 models of 4 tables compiled in %d ms%n",
        (System.nanoTime() - began) / 1_000_000);

    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      Map<String, String> row = Map.of("id", "8", "parent_id", "4", "name", "n8");
      List<Affected> affected =
          models.affected(
              session.connection(),
              List.of(new RowChange(new TableName("public", "node"), row, row)));
      // Itself, its parent, its two children and its grandparent, in each model.
      assertThat(affected).hasSize(50 * 5);
    }
    assertThat(build(models, "m49", "1"))
        .isEqualTo(
            """
            {"name": "n1", "parent": null, "children": [{"more": 2, "name": "n2"}, \
            {"more": 2, "name": "n3"}]}\
            """);
  }

  @Test
  void cycleOfRows_endsWhereTheDeclarationEnds() throws Exception {
    database.execute(
        "insert into node values (91, null, 'a'), (92, 91, 'b');"
            + " update node set parent_id = 92 where id = 91");
    ReadModels models =
        database.compile(
            """
            models:
              m:
                from: node
                key: "{id}"
                fields: [name]
                include:
                  up:
                    from: node
                    on: { id: parent_id }
                    fields: [name]
                    include: { up: { from: node, on: { id: parent_id }, fields: [name] } }
            """);

    assertThat(build(models, "m", "91"))
        .isEqualTo("{\"up\": {\"up\": {\"name\": \"a\"}, \"name\": \"b\"}, \"name\": \"a\"}");
  }

  @Test
  void documentOf26MiB_isBuilt() throws Exception {
    // KV takes 25 MiB: what becomes of it is the worker's to say.
    database.execute(
        "insert into big values (1, repeat('ü', 1048576));"
            + " insert into part select i, 1, repeat('ü', 1048576) from generate_series(1, 12) i");
    ReadModels models =
        database.compile(
            """
            models:
              m:
                from: big
                key: "{id}"
                fields: [body]
                include: { parts: { from: part, fields: [body] } }
            """);

    assertThat(build(models, "m", "1").length()).isGreaterThan(13 << 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from: node, key: '{id}', fields: [\"name\\0\"]",
        "from: \"node\\0\", key: '{id}', fields: [id]",
        "from: node, key: '{id}', where: \"name = 'a\\0'\", fields: [id]",
        "from: node, key: '{id}', fields: [id, { \"a\\0b\": name }]",
        "from: node, key: \"{id\\0}\", fields: [id]",
        "from: node, key: '{id}', fields: [id], include: { c: { from: node, on: { \"id\\0\": id }, fields: [id] } }",
        "from: node, key: '{id}', fields: [{ \"\\ud83d\": name }]",
        "from: node, key: '{id}', fields: [{ \"\\e[2J\": name }]",
        "from: \"node; drop table node\", key: '{id}', fields: [id]",
        "from: \"(select 1) x\", key: '{id}', fields: [id]",
        "from: 'pg_catalog.pg_authid', key: '{oid}', fields: [rolpassword]",
        "from: node, key: '{id}', fields: [id], include: { c: { from: node, on: { id: \"id or true\" }, fields: [id] } }",
        "from: node, key: '{id}', fields: [id], include: { c: { from: node, on: { id: parent_id }, order: \"name; drop table node\", fields: [id] } }",
        "from: node, key: '{id}', fields: [id], include: { c: { count: \"node) --\", on: { id: parent_id } } }",
        "from: node, key: '{id}', where: \"name = $1\", fields: [id]",
        "from: node, key: '{id}', where: \"pg_sleep(9) is null\", fields: [id]",
        "from: node, key: '{id}', fields: [id, { x: \"set_config('role', 'postgres', false)\" }]",
        "from: node, key: '{id}', fields: [id, { x: \"pg_read_file('/etc/passwd')\" }]",
        "from: node, key: '{id}', fields: [id, { x: \"lo_import('/etc/passwd')::text\" }]",
      })
  void smuggled_isAProblemOfTheFile(String model) {
    InvalidSetupException thrown =
        catchThrowableOfType(
            InvalidSetupException.class, () -> database.compile("models:\n  m: { " + model + " }"));

    assertThat(thrown).as("nothing was wrong with " + model).isNotNull();
    assertThat(thrown.problems())
        .isNotEmpty()
        .extracting(Problem::where)
        .allMatch(where -> where.startsWith("forebay.yaml:"));
    assertThat(thrown.getMessage()).doesNotContain("\0");
  }

  @Test
  void namesOfTheFile_areNotCutAsPostgresWould() throws Exception {
    String longest = "x".repeat(63);
    database.execute("create table " + longest + " (id int primary key)");

    assertThat(
            catchThrowableOfType(
                    InvalidSetupException.class,
                    () ->
                        database.compile(
                            "models: { m: { from: " + longest + "x, key: '{id}', fields: [id] } }"))
                .problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.what()).endsWith("x' is unknown."));
    assertThat(
            database
                .compile(
                    "models: { m: { from: %s, key: '{id}', fields: [id, { %s: id + 1 }] } }"
                        .formatted(longest, "y".repeat(200)))
                .models())
        .hasSize(1);
  }

  private static String build(ReadModels models, String name, String id) throws Exception {
    ReadModel model = models.find(name).orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      Document document =
          model.build(session.connection(), List.of(model.key(List.of(id)))).getFirst();
      return String.valueOf(document.json());
    }
  }
}

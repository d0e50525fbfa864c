package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintIT {

  private static final String MODEL =
      "{ from: item, key: '{id}', where: flag > 0, fields: [name] }";

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        "create table item (id int primary key, name text, price int, flag int, spare int)");
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static String fingerprint(String model) throws Exception {
    return database.compile("models:\n  m: " + model).models().getFirst().fingerprint();
  }

  @Test
  void fingerprint_sameDeclaration_isTheSame() throws Exception {
    assertThat(fingerprint(MODEL)).isEqualTo(fingerprint(MODEL)).matches("[0-9a-f]{64}");
    assertThat(fingerprint(MODEL.replace("fields", "min_interval: 5s, fields")))
        .isEqualTo(fingerprint(MODEL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[name]   | [name, price]",
        "[name]   | [{ title: name }]",
        "flag > 0 | flag > 1",
        "{id}     | i/{id}",
      })
  void fingerprint_otherDeclaration_differs(String from, String to) throws Exception {
    assertThat(fingerprint(MODEL.replace(from, to))).isNotEqualTo(fingerprint(MODEL));
  }

  @Test
  void fingerprint_partitions() throws Exception {
    database.execute(
        """
        create table part (id int primary key, name text) partition by range (id);
        create table part_1 partition of part for values from (1) to (10);
        create table part_2 partition of part for values from (10) to (20);
        """);
    String model = "{ from: part, key: '{id}', fields: [name] }";
    String before = fingerprint(model);
    database.execute("insert into part values (1, 'a'), (11, 'b')");
    assertThat(fingerprint(model)).as("rows").isEqualTo(before);

    database.execute("truncate part_1");
    String truncated = fingerprint(model);
    assertThat(truncated).as("truncated").isNotEqualTo(before);
    database.execute("alter table part detach partition part_2");
    String detached = fingerprint(model);
    assertThat(detached).as("detached").isNotEqualTo(truncated);
    database.execute("alter table part attach partition part_2 for values from (10) to (20)");
    assertThat(fingerprint(model)).as("attached").isNotIn(before, truncated, detached);
  }

  @Test
  void fingerprint_columnTypes() throws Exception {
    String before = fingerprint(MODEL);

    database.execute("alter table item alter spare type bigint, add other int");
    assertThat(fingerprint(MODEL)).as("a column that it does not read").isEqualTo(before);

    database.execute("alter table item alter flag type bigint");
    assertThat(fingerprint(MODEL)).as("a column of its condition").isNotEqualTo(before);
    database.execute("alter table item alter flag type int");

    database.execute("alter table item alter name type varchar(20)");
    assertThat(fingerprint(MODEL)).as("a column of its fields").isNotEqualTo(before);
    database.execute("alter table item alter name type text");
  }

  @Test
  void fingerprint_whatHasNoEvent() throws Exception {
    database.execute(
        """
        create type mood as enum ('calm', 'wild');
        create table being (id int primary key, name text, mood mood, moods mood[]);
        """);
    String one = "{ from: being, key: '{id}', fields: [name, mood] }";
    String many = "{ from: being, key: '{id}', fields: [name, moods] }";
    String name = "{ from: being, key: '{id}', fields: [name] }";
    String query =
        "{ key: '{id}', sql: 'select id, to_jsonb(mood) as document from public.being',"
            + " depends_on: { being: { keys: select id from changed } } }";
    String before = fingerprint(one);
    String beforeMany = fingerprint(many);
    String beforeName = fingerprint(name);
    String beforeQuery = fingerprint(query);

    database.execute("insert into being values (1, 'a', 'calm'); truncate being; analyze being");
    database.execute("vacuum full being");
    assertThat(fingerprint(one)).as("truncated, rewritten").isEqualTo(before);

    database.execute("alter type mood rename value 'wild' to 'free'");
    assertThat(fingerprint(one)).as("renamed label").isNotEqualTo(before);
    assertThat(fingerprint(many)).as("renamed label in an array").isNotEqualTo(beforeMany);
    assertThat(fingerprint(query)).as("renamed label in a query").isNotEqualTo(beforeQuery);
    assertThat(fingerprint(name)).as("label it does not read").isEqualTo(beforeName);

    database.execute("alter table being alter name type text using upper(name)");
    String altered = fingerprint(name);
    assertThat(altered).as("same type, other values").isNotEqualTo(beforeName);

    database.execute("drop table being; create table being (id int primary key, name text)");
    assertThat(fingerprint(name)).as("another table").isNotEqualTo(altered);
  }
}

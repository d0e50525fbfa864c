package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.CatalogFingerprint;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FittingIT {

  private static final String MODELS =
      """
      models:
        good: { from: item, key: '{id}', fields: [name] }
        bad: { from: item, key: '{id}', fields: [gone] }
        narrow:
          from: item
          key: '{id}'
          fields: [name]
          include: { parts: { from: part, fields: [id] } }
        worse: { from: nowhere, key: '{id}', fields: [id] }
      """;

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create type mood as enum ('calm', 'wild');
        create table item (id int primary key, name text, mood mood);
        create table part (id int, item_id int not null references item, region text,
          primary key (id, region)) partition by list (region);
        create table part_a partition of part for values in ('a');
        create table thing (id int primary key, name text, mood mood);
        create table piece (id int, region text, primary key (id, region))
          partition by list (region);
        create table piece_a partition of piece for values in ('a');
        create table other (id int primary key);
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static ReadModels fitting(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      return ModelCompiler.compileFitting(text, connection);
    }
  }

  private static String look() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      return CatalogFingerprint.of(
          connection, List.of(new TableName("public", "thing"), new TableName("public", "piece")));
    }
  }

  private static String lookAtAll() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      return CatalogFingerprint.ofAll(connection);
    }
  }

  @Test
  void compileFitting_badModels_takeNoOtherAlong() throws Exception {
    ReadModels models = fitting(MODELS);

    assertThat(models.models()).extracting(ReadModel::name).containsExactly("good");
    assertThat(models.tables()).containsExactly(new TableName("public", "item"));
    assertThat(models.stopped()).containsOnlyKeys("bad", "narrow", "worse");
    assertThat(models.stopped().get("bad")).startsWith("forebay.yaml:3 ").contains("gone");
    assertThat(models.stopped().get("narrow")).contains("old item_id");
    assertThat(models.stopped().get("worse")).contains("nowhere");
    assertThat(models.declaration()).isEqualTo(MODELS);
  }

  @Test
  void compileFitting_modelsThatFit_areThoseOfTheStrictForm() throws Exception {
    String text = MODELS.lines().limit(2).reduce("", (all, line) -> all + line + "\n");

    ReadModels models = fitting(text);

    assertThat(models.stopped()).isEmpty();
    assertThat(models.models().getFirst().fingerprint())
        .isEqualTo(database.compile(text).models().getFirst().fingerprint());
  }

  @Test
  void compileFitting_mistakeOfTheFile_isEverybodys() {
    assertThatThrownBy(() -> fitting(MODELS + "  good: {}\n"))
        .isInstanceOf(InvalidSetupException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table thing add column more int",
        "alter table thing alter name type text using upper(name)",
        "alter type mood rename value 'wild' to 'free'",
        "truncate piece_a",
        "create table piece_b partition of piece for values in ('b')",
        "alter table piece_a replica identity full",
        "create index on thing (name)",
        "alter table thing rename column mood to temper",
        "create function f() returns int return 1",
        "create or replace function f() returns int return 2",
        "drop table piece; drop table thing; create table thing (id int primary key)",
      })
  void look_afterAChange_differs(String change) throws Exception {
    String before = look();
    String all = lookAtAll();

    database.execute(change);

    assertThat(look()).isNotEqualTo(before);
    assertThat(lookAtAll()).isNotEqualTo(all);
  }

  @Test
  void look_afterWhatConcernsNoModel_isTheSame() throws Exception {
    String before = look();
    String all = lookAtAll();

    database.execute("insert into thing (id) values (1); truncate thing; analyze thing");
    database.execute("vacuum full thing");
    assertThat(lookAtAll()).isEqualTo(all);
    database.execute("alter table other add column more int");

    assertThat(look()).isEqualTo(before);
    assertThat(lookAtAll()).isNotEqualTo(all);
  }
}

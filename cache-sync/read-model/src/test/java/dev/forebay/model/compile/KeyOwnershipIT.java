package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No two models, instances or root rows can claim one key in KV. */
class KeyOwnershipIT {

  private static final List<Instance> INSTANCES =
      List.of(Instance.DEFAULT, new Instance("a"), new Instance("a_b"), new Instance("deferred"));

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    database.execute(
        """
        create extension citext;
        create collation caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table deferred (id int primary key, slug text not null,
          constraint once unique (slug) deferrable initially deferred);
        create table optional (id int primary key, lang text, slug text, unique (lang, slug));
        create table distinct_nulls (id int primary key, slug text, unique nulls not distinct (slug));
        create table folded (id int primary key, slug text collate caseless not null unique);
        create table cased (id int primary key, slug citext not null unique);
        create table measured (id int primary key, n numeric not null unique, f float8 not null unique);
        create table padded (id int primary key, c char(5) not null unique);
        alter table deferred replica identity full; alter table optional replica identity full;
        alter table distinct_nulls replica identity full; alter table folded replica identity full;
        alter table cased replica identity full; alter table measured replica identity full;
        alter table padded replica identity full;
        insert into deferred values (1, 'a'), (2, 'b'), (3, 'a:b'), (4, '%61');
        insert into optional values (1, 'a', 'b'), (2, null, 'b'), (3, null, 'b'), (4, 'a', null),
          (5, 'a/b', 'c'), (6, 'a', 'b/c'), (7, '', 'a'), (8, 'a', '');
        insert into distinct_nulls values (1, null), (2, 'a'), (3, '');
        insert into folded values (1, 'Ann'), (2, 'bob');
        insert into cased values (1, 'Ann'), (2, 'bob');
        insert into measured values (1, 1.0, 'NaN'), (2, 1.01, 0.1), (3, 'NaN', '-0'), (4, 2, 5e-324);
        insert into padded values (1, 'a'), (2, 'a b');
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static ReadModels models() throws Exception {
    return database.compile(
        """
        models:
          a: { from: deferred, key: "{slug}", fields: [id] }
          a_b: { from: deferred, key: "{slug}", fields: [id] }
          deferred: { from: optional, key: "{lang}/{slug}", fields: [id] }
          nulls: { from: distinct_nulls, key: "{slug}", fields: [id] }
          folded: { from: folded, key: "{slug}", fields: [id] }
          cased: { from: cased, key: "{slug}", fields: [id] }
          by_number: { from: measured, key: "{n}", fields: [id] }
          by_float: { from: measured, key: "{f}", fields: [id] }
          padded: { from: padded, key: "{c}", fields: [id] }
          one: { singleton: true, include: { n: { count: deferred } } }
        """);
  }

  @Test
  void keys_ofAllInstancesAndModels_areDifferent() throws Exception {
    List<String> keys = new ArrayList<>();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      for (ReadModel model : models().models()) {
        for (DocumentKey key : model.keys(session.connection(), null, 100)) {
          INSTANCES.forEach(instance -> keys.add(instance.keyPrefix() + key.kvKey()));
        }
      }
    }

    assertThat(keys).hasSize(INSTANCES.size() * 30).doesNotHaveDuplicates();
  }

  @Test
  void key_isOwnedByOneRow_whichHasExactlyThisText() throws Exception {
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      for (ReadModel model : models().models()) {
        List<DocumentKey> keys = model.keys(session.connection(), null, 100);
        List<Document> documents = model.build(session.connection(), keys);
        assertThat(documents)
            .as(model.name())
            .extracting(Document::json)
            .doesNotContainNull()
            .doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void key_thatOnlyTheColumnsEqualityFinds_isNobodys() throws Exception {
    assertThat(built("folded", "ANN")).isNull();
    assertThat(built("cased", "ANN")).isNull();
    assertThat(built("by_number", "1.00")).isNull();
    assertThat(built("by_float", "0")).isNull();
    assertThat(built("folded", "Ann")).isNotNull();
  }

  @Test
  void keyColumns_swappedUnderADeferredConstraint_haveOneOwnerEach() throws Exception {
    database.execute(
        """
        begin; update deferred set slug = 'b' where id = 1; update deferred set slug = 'a' where id = 2; commit;
        """);

    assertThat(built("a", "a")).isEqualTo("{\"id\": 2}");
    assertThat(built("a", "b")).isEqualTo("{\"id\": 1}");
    database.execute(
        """
        begin; update deferred set slug = 'a' where id = 1; update deferred set slug = 'b' where id = 2; commit;
        """);
  }

  private static @Nullable String built(String name, String key) throws Exception {
    ReadModel model = models().find(name).orElseThrow();
    try (SnapshotSession session = SnapshotSession.open(database.dataSource())) {
      List<DocumentKey> keys = List.of(model.key(List.of(key)));
      return model.build(session.connection(), keys).getFirst().json();
    }
  }
}

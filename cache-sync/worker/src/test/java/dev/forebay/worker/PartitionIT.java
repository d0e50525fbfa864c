package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitioned tables as root and as included table, through a real engine. */
@NullUnmarked
class PartitionIT extends WorkerFixture {

  /** The parcels' second partition has its columns in another order, and one that was dropped. */
  private static final String SCHEMA =
      """
      create table customer (id integer primary key, name text not null);
      create table parcel (
        id integer, region text, slug text not null, customer_id integer not null references customer,
        primary key (id, region), unique (region, slug)) partition by list (region);
      create table parcel_north partition of parcel for values in ('north');
      create table parcel_south (
        gone integer, slug text not null, customer_id integer not null, region text not null, id integer not null);
      alter table parcel_south drop column gone;
      alter table parcel attach partition parcel_south for values in ('south');
      create table scan (
        id integer primary key, place text not null, parcel_id integer not null, region text not null,
        foreign key (parcel_id, region) references parcel on update cascade on delete cascade)
        partition by range (id);
      create table scan_early partition of scan for values from (0) to (100) partition by range (id);
      create table scan_first partition of scan_early for values from (0) to (50);
      create table scan_second partition of scan_early for values from (50) to (100);
      create table scan_late partition of scan for values from (100) to (1000);
      alter table parcel replica identity full;
      alter table parcel_north replica identity full;
      alter table parcel_south replica identity full;
      alter table scan replica identity full;
      alter table scan_first replica identity full;
      alter table scan_second replica identity full;
      alter table scan_late replica identity full;
      insert into customer values (1, 'Ada'), (2, 'Bob');
      insert into parcel values (1, 'north', 'one', 1), (2, 'south', 'two', 1), (3, 'south', 'three', 2);
      insert into scan values (1, 'dock', 1, 'north'), (60, 'road', 2, 'south'), (100, 'door', 2, 'south');
      """;

  private static final String MODELS =
      """
      models:
        parcel:
          from: parcel
          key: "{region}/{slug}"
          fields: [id]
          include:
            customer: { from: customer, fields: [name] }
            scans: { from: scan, order: id, fields: [id, place] }
        customer:
          from: customer
          key: "{id}"
          fields: [name]
          include:
            parcels:
              from: parcel
              order: id
              fields: [slug]
              include:
                scans: { count: scan }
      """;

  private static final String EXPECTED =
      """
      select 'parcel:' || p.region || '/' || p.slug, jsonb_build_object('id', p.id,
        'customer', jsonb_build_object('name', c.name),
        'scans', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'place', s.place)
          order by s.id), '[]') from scan s where s.parcel_id = p.id and s.region = p.region))::text
      from parcel p join customer c on c.id = p.customer_id
      union all
      select 'customer:' || c.id, jsonb_build_object('name', c.name, 'parcels',
        (select coalesce(jsonb_agg(jsonb_build_object('slug', p.slug, 'scans',
            (select count(*) from scan s where s.parcel_id = p.id and s.region = p.region))
          order by p.id), '[]') from parcel p where p.customer_id = c.id))::text
      from customer c
      """;

  @Override
  Harness open() throws SQLException, IOException {
    return new Harness(postgres, directory, SCHEMA, MODELS, EXPECTED);
  }

  @BeforeEach
  void startWorker() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into parcel values (4, 'south', 'four', 2)",
        "insert into scan values (61, 'sea', 1, 'north')",
        "update parcel set slug = 'dos' where id = 2",
        "update parcel set customer_id = 2 where id = 2",
        "update parcel set region = 'north' where id = 3",
        "update scan set id = 200 where id = 60",
        "update scan set parcel_id = 3 where id = 60",
        "update scan set id = 40, parcel_id = 1, region = 'north' where id = 100",
        "delete from scan where id = 60",
        "delete from parcel where id = 2",
        "delete from parcel_south where id = 3",
        "truncate scan",
        "truncate parcel, scan",
      })
  void change_reachesEveryDocument(String change) throws SQLException {
    var before = harness.expected();

    harness.execute(change);

    assertThat(harness.expected()).isNotEqualTo(before);
    harness.awaitExact();
  }

  @Test
  void publication_thatNamesThePartitions_isMended() throws SQLException {
    harness.stop();
    harness.execute(
        "alter publication " + harness.slotName() + " set (publish_via_partition_root = false)");
    harness.execute("update scan set place = 'hub' where id = 60");

    harness.start();

    harness.awaitExact();
    harness.awaitReading();
    harness.execute("update parcel set slug = 'dos' where id = 2");
    harness.awaitExact();
  }
}

package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents of SQL by hand stay true, whichever table changes. */
@NullUnmarked
class QueryModelIT extends WorkerFixture {

  @BeforeEach
  void declare() throws SQLException, IOException {
    harness.execute(
        """
        create table shop (id int primary key, name text not null);
        create table item (id int primary key, price int not null);
        create table rate (factor int not null primary key);
        insert into shop values (1, 'a'), (2, 'b');
        insert into item values (1, 10);
        insert into rate values (1);
        """);
    harness.declare(
        """
        offer:
          key: "{id}"
          sql: |
            select i.id, jsonb_build_object('price', i.price * r.factor, 'shops',
              (select count(*) from public.shop)) as document
            from public.item i, public.rate r
          depends_on:
            item: { keys: select id from changed }
            rate: all
            shop: all
        total:
          singleton: true
          sql: select to_jsonb(sum(price)) as document from public.item
          depends_on: { item: all }
        """);
    harness.start();
    awaitOffer(10, 2, "10");
  }

  private void awaitOffer(int price, int shops, String total) {
    String offer = "{\"price\": %d, \"shops\": %d}".formatted(price, shops);
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          assertThat(harness.stored()).containsEntry("offer:1", offer);
          assertThat(harness.stored()).containsEntry("total:", total);
        });
  }

  @Test
  void rowWhoseKeysAreKnown_changesItsDocument() throws SQLException {
    harness.execute("update item set price = 11");

    awaitOffer(11, 2, "11");
  }

  @Test
  void rowThatConcernsAll_changesEveryDocument() throws SQLException {
    harness.execute("update rate set factor = 3");
    awaitOffer(30, 2, "10");

    harness.execute("insert into shop values (3, 'c')");
    awaitOffer(30, 3, "10");

    harness.execute("truncate shop");
    awaitOffer(30, 0, "10");
  }

  @Test
  void rowsThatGo_takeTheirDocumentsWithThem() throws SQLException {
    harness.execute("insert into item values (2, 20)");
    awaitOffer(10, 2, "30");
    assertThat(harness.stored()).containsKey("offer:2");

    harness.execute("delete from rate");

    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.stored().keySet().stream().noneMatch(key -> key.startsWith("offer:")));
  }

  @Test
  void keyOfTwoRows_isADeadLetterAndHoldsNothingBack() throws SQLException {
    harness.execute("insert into rate values (2)");
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().deadLetters() == 1);

    harness.execute("delete from rate where factor = 1");

    awaitOffer(20, 2, "10");
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().deadLetters() == 0);
  }
}

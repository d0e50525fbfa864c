package dev.forebay.ops.faults.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.ops.faults.data.DataSet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the writers do leaves the shop's rules in order, else the harness would judge by chance. */
class ShopEditsIT {

  private static final int EDITS = 600;

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("max_prepared_transactions", "4").start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void edits_ofEveryKind_keepTheRules() throws Exception {
    long seed = new Random().nextLong();
    Shop shop = new Shop();
    int committed = 0;
    try (Connection first = postgres.getPostgresDatabase().getConnection();
        Connection second = postgres.getPostgresDatabase().getConnection();
        Connection reader = postgres.getPostgresDatabase().getConnection()) {
      Shop.load(first);
      DataSet.Edits edits = shop.edits(first, second, new Random(seed));
      for (int i = 0; i < EDITS; i++) {
        committed += make(edits) ? 1 : 0;
      }

      Map<String, String> documents = shop.expected(reader);

      assertThat(committed).as("committed, seed %d", seed).isGreaterThan(EDITS / 2);
      assertThat(documents).hasSizeGreaterThan(50);
      JsonMapper json = new JsonMapper();
      for (Map.Entry<String, String> document : documents.entrySet()) {
        assertThat(shop.rules().fault(document.getKey(), json.readTree(document.getValue())))
            .as("%s, seed %d", document, seed)
            .isEmpty();
      }
    }
  }

  /** PostgreSQL refuses some: a key that is taken, a row that others refer to. */
  private static boolean make(DataSet.Edits edits) {
    try {
      return edits.make();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).startsWith("23");
      return false;
    }
  }
}

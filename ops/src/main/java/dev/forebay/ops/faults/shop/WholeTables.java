package dev.forebay.ops.faults.shop;

import java.sql.SQLException;
import java.util.Random;

/** What concerns a table as a whole, and one that no document reads. The commit is the caller's. */
final class WholeTables {

  private static final int BATCH = 300;

  private final ShopSession session;
  private final Random random;

  WholeTables(ShopSession session, Random random) {
    this.session = session;
    this.random = random;
  }

  boolean elsewhere() throws SQLException {
    session.run(
        "insert into unrelated (junk) select repeat('x', ?) from generate_series(1, 20)",
        random.nextInt(200));
    return true;
  }

  boolean rare() throws SQLException {
    switch (random.nextInt(6)) {
      case 0 -> session.run("truncate remark");
      case 1 -> session.run("alter table product add column if not exists unrelated text");
      case 2 -> session.run("alter table product drop column if exists unrelated");
      case 3 -> session.run("delete from product where sku like 'bulk%'");
      case 4 -> session.run("delete from product where id = ?", session.pick("product", "id > 30"));
      default -> {
        int base = session.number();
        session.run(
            "insert into product (id, sku, title)"
                + " select 1000000 + ? * 1000 + i, 'bulk-' || ? || '-' || i, 'Bulk'"
                + " from generate_series(1, ?) i",
            base,
            base,
            BATCH);
      }
    }
    return true;
  }
}

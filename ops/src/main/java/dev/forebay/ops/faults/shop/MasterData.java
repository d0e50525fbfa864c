package dev.forebay.ops.faults.shop;

import java.sql.SQLException;
import java.util.Random;

/**
 * Edits of customers, products, tags and employees: names, keys that move and come back, large
 * values. Each says whether there was anything to do; the commit is the caller's.
 */
final class MasterData {

  private static final int LARGE = 8_000;

  private final ShopSession session;
  private final Random random;

  MasterData(ShopSession session, Random random) {
    this.session = session;
    this.random = random;
  }

  boolean rename() throws SQLException {
    int customer = session.lock("customer", "");
    switch (random.nextInt(3)) {
      case 0 ->
          session.run(
              "update customer set note = ? where id = ?", large(random.nextInt(LARGE)), customer);
      case 1 -> session.run("update customer set note = note || '.' where id = ?", customer);
      default ->
          session.run(
              "update customer set name = ? where id = ?", "Name " + session.number(), customer);
    }
    return true;
  }

  /** A key moves, or two roots swap theirs. */
  boolean changeCodes() throws SQLException {
    int one = session.lock("customer", "");
    if (random.nextBoolean()) {
      String code = "c" + (random.nextInt(20) == 0 ? session.number() : 1 + random.nextInt(60));
      session.run(
          "update customer set code = ? where id = ?"
              + " and not exists (select from customer where code = ?)",
          code,
          one,
          code);
    } else {
      int other = session.lock("customer", "id > " + one);
      if (other == 0) {
        return false;
      }
      session.swap("customer", "code", one, other);
    }
    return true;
  }

  /** Deleted with all that hangs on it, and made again under the same key by another row. */
  boolean leaveAndReturn() throws SQLException {
    int customer = session.lock("customer", "");
    String code = session.text("select code from customer where id = ?", customer);
    session.run("delete from customer where id = ?", customer);
    if (random.nextInt(3) == 0) {
      session.connection().commit();
    }
    int successor = session.number();
    session.run(
        "insert into customer (id, code, name) values (?, ?, ?) on conflict do nothing",
        successor,
        code,
        "Successor " + successor);
    return true;
  }

  boolean reorganize() throws SQLException {
    int one = session.pick("employee", "");
    switch (random.nextInt(4)) {
      case 0 ->
          session.run("update employee set name = ? where id = ?", "E" + session.number(), one);
      case 1 -> session.run("update employee set id = ? where id = ?", 1 + random.nextInt(30), one);
      default ->
          session.run(
              "update employee set boss_id = nullif(?, id) where id = ?",
              session.pick("employee", ""),
              one);
    }
    return true;
  }

  boolean upsertProduct() throws SQLException {
    int product = session.number();
    session.run(
        "insert into product (id, sku, title, blurb) values (?, ?, ?, ?)"
            + " on conflict (sku) do update set title = excluded.title",
        product,
        "p" + (1 + random.nextInt(45)),
        // So few that a title often comes back to what KV held before.
        "Title " + random.nextInt(2),
        random.nextBoolean() ? large(LARGE) : null);
    return true;
  }

  boolean label() throws SQLException {
    int product = session.lock("product", "sku not like 'bulk%'");
    int tag = session.pick("tag", "");
    if (random.nextInt(3) == 0) {
      session.run("delete from product_tag where product_id = ? and tag_id = ?", product, tag);
    } else {
      session.run("insert into product_tag values (?, ?) on conflict do nothing", product, tag);
    }
    if (random.nextInt(10) == 0) {
      session.run("update tag set name = ? where id = ?", "t" + session.number(), tag);
    }
    session.run(
        "update product set tags ="
            + " (select count(*) from product_tag where product_id = ?) where id = ?",
        product,
        product);
    return product != 0;
  }

  boolean remark() throws SQLException {
    session.run(
        "insert into remark (product_id, body) values (?, ?)",
        session.pick("product", ""),
        "Remark " + session.number());
    return true;
  }

  /** Hard to compress, so that PostgreSQL stores it out of line. */
  private String large(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }
}

package dev.forebay.ops.faults.shop;

import java.sql.SQLException;
import java.util.Random;

/**
 * What changes below a customer. The customer is locked first, and the sums are put right before
 * the commit, which is the caller's. Each edit says whether there was anything to do.
 */
final class Purchases {

  private final ShopSession first;
  private final ShopSession second;
  private final Random random;

  /**
   * @param second for what happens at the same time in another transaction
   */
  Purchases(ShopSession first, ShopSession second, Random random) {
    this.first = first;
    this.second = second;
    this.random = random;
  }

  boolean add() throws SQLException {
    int customer = first.lock("customer", "");
    if (customer == 0) {
      return false;
    }
    add(first, customer);
    balance(first, customer);
    return true;
  }

  void add(ShopSession session, int customer) throws SQLException {
    int purchase = session.number();
    session.run(
        "insert into purchase (id, customer_id, ref) values (?, ?, ?)",
        purchase,
        customer,
        "r" + purchase);
    for (int i = random.nextInt(4); i >= 0; i--) {
      addItem(session, purchase);
    }
    balancePurchase(session, purchase);
  }

  private void addItem(ShopSession session, int purchase) throws SQLException {
    session.run(
        "insert into item (id, purchase_id, product_id, amount) values (?, ?, ?, ?)",
        session.number(),
        purchase,
        session.pick("product", ""),
        random.nextInt(100));
  }

  boolean changeAmounts() throws SQLException {
    int customer = first.lock("customer", "");
    int purchase = pickPurchase(customer);
    first.run(
        "update item set amount = amount + ? where purchase_id = ?",
        random.nextInt(21) - 10,
        purchase);
    balancePurchase(first, purchase);
    balance(first, customer);
    return purchase != 0;
  }

  boolean changeLines() throws SQLException {
    int customer = first.lock("customer", "");
    int purchase = pickPurchase(customer);
    if (purchase == 0) {
      return false;
    }
    if (random.nextBoolean()) {
      addItem(first, purchase);
    } else {
      first.run(
          "delete from item where id in (select id from item where purchase_id = ? limit 1)",
          purchase);
    }
    balancePurchase(first, purchase);
    balance(first, customer);
    return true;
  }

  /** Often the newest: a row that is gone before anybody looks must leave no document. */
  boolean drop() throws SQLException {
    int customer =
        first.lock(
            "customer",
            random.nextInt(3) == 0
                ? ""
                : "id = (select customer_id from purchase order by id desc limit 1)");
    first.run(
        "delete from purchase where id = (select max(id) from purchase where customer_id = ?)",
        customer);
    balance(first, customer);
    return true;
  }

  /** A purchase moves to another customer, or two purchases of one customer swap their keys. */
  boolean move() throws SQLException {
    int one = first.lock("customer", "");
    int other = first.lock("customer", "id > " + one);
    int purchase = pickPurchase(one);
    if (other != 0 && random.nextBoolean()) {
      first.run("update purchase set customer_id = ? where id = ?", other, purchase);
      balance(first, other);
    } else {
      int twin = pickPurchase(one);
      if (twin == purchase) {
        return false;
      }
      first.swap("purchase", "ref", purchase, twin);
      balancePurchase(first, twin);
    }
    balancePurchase(first, purchase);
    balance(first, one);
    return true;
  }

  /** PostgreSQL decodes these two so that a filter by position would lose rows of the first. */
  boolean interleave() throws SQLException {
    int one = first.lock("customer", "id % 2 = 0");
    int other = second.lock("customer", "id % 2 = 1");
    if (one == 0 || other == 0) {
      return false;
    }
    add(first, one);
    first.run("update customer set name = ? where id = ?", "Begun " + first.number(), one);
    add(second, other);
    balance(second, other);
    second.connection().commit();
    add(first, one);
    balance(first, one);
    return true;
  }

  private void balancePurchase(ShopSession session, int purchase) throws SQLException {
    int tx = session.number();
    session.run("update item set tx = ? where purchase_id = ?", tx, purchase);
    session.run(
        "update purchase set tx = ?, (total, items) = (select coalesce(sum(amount), 0), count(*)"
            + " from item where purchase_id = ?) where id = ?",
        tx,
        purchase,
        purchase);
  }

  void balance(ShopSession session, int customer) throws SQLException {
    session.run(
        "update customer set (spent, orders) = (select coalesce(sum(total), 0), count(*)"
            + " from purchase where customer_id = ?) where id = ?",
        customer,
        customer);
  }

  private int pickPurchase(int customer) throws SQLException {
    return first.pick("purchase", "customer_id = " + customer);
  }
}
